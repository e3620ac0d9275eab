/* SPDX-License-Identifier: BSD-2-Clause */
/* The RISC-V part of the ABI. */
#pragma once

#include <l4/abi/types.h>

/*
 * System calls (ecall from U mode):
 *   in:  a7 the call's number, a0 the capability (reply_recv: the one to receive from), a1 the tag, s2..s9 the first 8 words
 *   out: a0 the status, a1 the tag, a2 the badge, s2..s9 the words
 * All other registers but sp and tp are cleared or clobbered; gp too is a constant of the thread (set to 0 by thread_start; programs do without).
 * tp is set by thread_start or thread_write_registers and restored to that value by every system call.
 *
 * thread_read_registers, thread_write_registers: pc, then x1 to x31.
 */
#define L4_REGISTERS_COUNT 32

/* Interrupt lines of a vcpu. */
enum l4_vcpu_line {
	L4_VCPU_LINE_SOFTWARE = 2,
	L4_VCPU_LINE_TIMER = 6,
	L4_VCPU_LINE_EXTERNAL = 10,
};

/* System registers of a vcpu. A new vcpu has all at 0 but VSTIMECMP (all ones: never), and starts in VS mode. */
enum l4_vcpu_reg {
	L4_VCPU_REG_VSSTATUS,
	L4_VCPU_REG_VSIE,
	L4_VCPU_REG_VSTVEC,
	L4_VCPU_REG_VSSCRATCH,
	L4_VCPU_REG_VSEPC,
	L4_VCPU_REG_VSCAUSE,
	L4_VCPU_REG_VSTVAL,
	L4_VCPU_REG_VSATP,      /* writing it, the same value too, makes the hart forget the guest's translations */
	L4_VCPU_REG_VSTIMECMP,  /* the guest's timer */
	L4_VCPU_REG_SCOUNTEREN,
	L4_VCPU_REG_PRIVILEGED, /* 1: the guest is in VS mode, 0: in VU mode */
	L4_VCPU_REG_HVIP,       /* raised lines, one bit each */
	L4_VCPU_REG_COUNT,
};

/*
 * FAULT_GUEST_HYPERCALL: the guest's a0..a7 are the eight words. Reply: words 0 and 1 become a0 and a1; the guest goes on behind its ecall.
 * To slot 0 goes every SBI call. Bulkhead's own extension L4_SBI_EXTENSION has the slot of the guest's cnode in a6; the words
 * a0..a5 go there as a call with label L4_FAULT_GUEST_HYPERCALL and length 6, badge as minted. To a notification it is a signal, and returns at once.
 * Errors of the extension are SBI's.
 */
#define L4_SBI_EXTENSION 0x0a424c4bUL

/* FAULT_GUEST_MMIO: a load or store in guest-physical memory that is not mapped. */
enum l4_guest_mmio_words {
	L4_GUEST_MMIO_ADDRESS = 0, /* guest-physical */
	L4_GUEST_MMIO_PC = 1,
	L4_GUEST_MMIO_ACCESS = 2,      /* L4_READ, L4_WRITE or L4_EXECUTE */
	L4_GUEST_MMIO_INSTRUCTION = 3, /* as fetched, 0 where it could not be fetched */
	L4_GUEST_MMIO_VALUE = 4,       /* stores: the register's value */
	L4_GUEST_MMIO_WIDTH = 5,       /* bytes: 1, 2, 4, 8; 0 where the instruction is no plain load or store (atomics, floating point): cannot be completed */
	L4_GUEST_MMIO_VADDR = 6,       /* stval: the guest-virtual address, which an injected access fault must tell */
	L4_GUEST_MMIO_LENGTH = 7,
};

/*
 * FAULT_GUEST_EXCEPTION: an exception that only a guest causes: virtual instruction (cause 22), an instruction fetch outside its memory, and others
 * that the hardware does not deliver to the guest itself. Words as in enum l4_fault_words (ADDRESS is stval: for cause 22 the instruction; for guest page faults the guest-physical address is in word 4).
 */
#define L4_GUEST_EXCEPTION_GPA 4
#define L4_GUEST_EXCEPTION_LENGTH 5

/* The label of a reply to FAULT_GUEST_MMIO or FAULT_GUEST_EXCEPTION tells how the guest goes on. */
enum l4_guest_resume {
	L4_GUEST_RETRY = 0,  /* at the same instruction, unchanged */
	L4_GUEST_DONE = 1,   /* behind the instruction; for a load word 0 is the value, which the kernel sign- or zero-extends as the instruction says */
	L4_GUEST_INJECT = 2, /* the guest takes the exception with cause word 0 and stval word 1 */
};
