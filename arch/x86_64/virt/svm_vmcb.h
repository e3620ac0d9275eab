/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual machine control block: AMD64 Architecture Programmer's Manual, volume 2, appendix B. */
#pragma once

#include <kernel/types.h>

struct vmcb_segment {
	uint16_t selector;
	uint16_t attributes;
	uint32_t limit;
	uint64_t base;
};

struct vmcb {
	uint16_t intercept_cr_read;
	uint16_t intercept_cr_write;
	uint16_t intercept_dr_read;
	uint16_t intercept_dr_write;
	uint32_t intercept_exceptions;
	uint32_t intercept1;
	uint32_t intercept2;
	uint8_t reserved1[0x40 - 0x14];
	uint64_t iopm_base;
	uint64_t msrpm_base;
	uint64_t tsc_offset;
	uint32_t asid;
	uint32_t tlb_control;
	uint64_t virtual_interrupt;
	uint64_t interrupt_shadow;
	uint64_t exit_code;
	uint64_t exit_info1;
	uint64_t exit_info2;
	uint64_t exit_interrupt;
	uint64_t nested_control;
	uint8_t reserved2[0xa8 - 0x98];
	uint64_t event;
	uint64_t nested_cr3;
	uint8_t reserved3[0xc8 - 0xb8];
	uint64_t next_rip;
	uint8_t reserved4[0x400 - 0xd0];
	/* The state save area. */
	struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t reserved5[0x4cb - 0x4a0];
	uint8_t cpl;
	uint32_t reserved6;
	uint64_t efer;
	uint8_t reserved7[0x548 - 0x4d8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint8_t reserved8[0x5d8 - 0x580];
	uint64_t rsp;
	uint8_t reserved9[0x5f8 - 0x5e0];
	uint64_t rax, star, lstar, cstar, sfmask, kernel_gs_base, sysenter_cs, sysenter_esp, sysenter_eip, cr2;
	uint8_t reserved10[0x668 - 0x648];
	uint64_t pat;
	uint8_t reserved11[0x1000 - 0x670];
};

_Static_assert(offsetof(struct vmcb, iopm_base) == 0x40 && offsetof(struct vmcb, virtual_interrupt) == 0x60 && offsetof(struct vmcb, exit_code) == 0x70 &&
		       offsetof(struct vmcb, nested_control) == 0x90 && offsetof(struct vmcb, event) == 0xa8 && offsetof(struct vmcb, next_rip) == 0xc8,
	       "the manual's layout");
_Static_assert(offsetof(struct vmcb, tr) == 0x490 && offsetof(struct vmcb, cpl) == 0x4cb && offsetof(struct vmcb, efer) == 0x4d0 && offsetof(struct vmcb, rip) == 0x578 &&
		       offsetof(struct vmcb, rsp) == 0x5d8 && offsetof(struct vmcb, cr2) == 0x640 && offsetof(struct vmcb, pat) == 0x668 && sizeof(struct vmcb) == PAGE_SIZE,
	       "the manual's layout");

#define INTERCEPT_CR8 (1U << 8)

#define INTERCEPT1_INTR (1U << 0)
#define INTERCEPT1_NMI (1U << 1)
#define INTERCEPT1_INIT (1U << 3)
#define INTERCEPT1_CR0_SELECTIVE (1U << 5) /* writes that change more than TS and MP */
#define INTERCEPT1_RDPMC (1U << 15)
#define INTERCEPT1_CPUID (1U << 18)
#define INTERCEPT1_IRET (1U << 20)
#define INTERCEPT1_INVD (1U << 22)
#define INTERCEPT1_HLT (1U << 24)
#define INTERCEPT1_INVLPGA (1U << 26)
#define INTERCEPT1_IOIO (1U << 27)
#define INTERCEPT1_MSR (1U << 28)
#define INTERCEPT1_TASK_SWITCH (1U << 29)
#define INTERCEPT1_FERR_FREEZE (1U << 30)
#define INTERCEPT1_SHUTDOWN (1U << 31)

#define INTERCEPT2_VMRUN (1U << 0)
#define INTERCEPT2_VMMCALL (1U << 1)
#define INTERCEPT2_VMLOAD (1U << 2)
#define INTERCEPT2_VMSAVE (1U << 3)
#define INTERCEPT2_STGI (1U << 4)
#define INTERCEPT2_CLGI (1U << 5)
#define INTERCEPT2_SKINIT (1U << 6)
#define INTERCEPT2_WBINVD (1U << 9)
#define INTERCEPT2_MONITOR (1U << 10)
#define INTERCEPT2_MWAIT (1U << 11)
#define INTERCEPT2_MWAIT_ARMED (1U << 12)
#define INTERCEPT2_XSETBV (1U << 13)
#define INTERCEPT2_RDPRU (1U << 14)

/* TLB_CONTROL */
#define TLB_FLUSH_ALL 1
#define TLB_FLUSH_ASID 3

#define V_TPR_MASK 0xfUL
#define V_IRQ (1UL << 8)
#define V_INTR_PRIO_SHIFT 16
#define V_INTR_MASKING (1UL << 24)
#define V_INTR_VECTOR_SHIFT 32

#define NESTED_PAGING 1

/* EXITINTINFO and EVENTINJ */
#define EVENT_VECTOR_MASK 0xffUL
#define EVENT_TYPE_MASK (7UL << 8)
#define EVENT_INTR (0UL << 8)
#define EVENT_NMI (2UL << 8)
#define EVENT_EXCEPTION (3UL << 8)
#define EVENT_SOFTWARE (4UL << 8)
#define EVENT_ERROR_CODE (1UL << 11)
#define EVENT_VALID (1UL << 31)
#define EVENT_ERROR_CODE_SHIFT 32

enum vmexit {
	VMEXIT_CR8_WRITE = 0x18,
	VMEXIT_DR_READ = 0x20,
	VMEXIT_DR_WRITE_LAST = 0x3f,
	VMEXIT_EXCEPTION = 0x40,
	VMEXIT_EXCEPTION_DB = VMEXIT_EXCEPTION + 1,
	VMEXIT_EXCEPTION_AC = VMEXIT_EXCEPTION + 17,
	VMEXIT_EXCEPTION_MC = VMEXIT_EXCEPTION + 18,
	VMEXIT_INTR = 0x60,
	VMEXIT_NMI = 0x61,
	VMEXIT_INIT = 0x63,
	VMEXIT_CR0_SELECTIVE = 0x65,
	VMEXIT_RDPMC = 0x6f,
	VMEXIT_CPUID = 0x72,
	VMEXIT_IRET = 0x74,
	VMEXIT_INVD = 0x76,
	VMEXIT_HLT = 0x78,
	VMEXIT_INVLPGA = 0x7a,
	VMEXIT_IOIO = 0x7b,
	VMEXIT_MSR = 0x7c,
	VMEXIT_TASK_SWITCH = 0x7d,
	VMEXIT_SHUTDOWN = 0x7f,
	VMEXIT_VMRUN = 0x80,
	VMEXIT_VMMCALL = 0x81,
	VMEXIT_VMLOAD = 0x82,
	VMEXIT_SKINIT = 0x86,
	VMEXIT_WBINVD = 0x89,
	VMEXIT_MONITOR = 0x8a,
	VMEXIT_MWAIT_ARMED = 0x8c,
	VMEXIT_XSETBV = 0x8d,
	VMEXIT_RDPRU = 0x8e,
	VMEXIT_NPF = 0x400,
};

#define VMEXIT_INVALID UINT32_MAX /* of the code's lower half */

/* EXITINFO1 of an I/O exit; the port is in the upper half of 32 bits. */
#define IOIO_IN (1U << 0)
#define IOIO_STRING (1U << 2)
#define IOIO_WIDTH_SHIFT 4 /* one bit each for 1, 2 and 4 bytes, whose number is that width */
#define IOIO_WIDTH_MASK 7U
#define IOIO_PORT_SHIFT 16

#define MSR_EXIT_WRITE 1U

/* EXITINFO1 of a nested page fault: a page fault's error code, and this. */
#define NPF_GUEST_TABLES (1UL << 33)
