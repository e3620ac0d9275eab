/* SPDX-License-Identifier: BSD-2-Clause */
/* The x86_64 part of the ABI. */
#pragma once

#include <l4/abi/types.h>

/*
 * System calls (SYSCALL from 64-bit code at privilege level 3; from other code, an invalid opcode):
 *   in:  rax the call's number, rdi the capability (reply_recv: the one to receive from), rsi the tag, rbx, r8, r9, r10, r12..r15 the first 8 words
 *   out: rax the status, rsi the tag, rdx the badge, the same registers the words
 * All other registers but rsp, rbp and the base of FS are cleared or clobbered, the flags and segment selectors too.
 * The base of FS (the thread pointer) is a constant of the thread, set by thread_start, thread_write_registers and L4_SYS_SET_THREAD_POINTER.
 *
 * thread_read_registers, thread_write_registers: rip, then rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 to r15 (the encoding's order), rflags, FS base.
 * Of rflags a user may choose CF, PF, AF, ZF, SF, TF, DF, OF, AC and ID. Addresses that are not a user's become L4_USER_END, where nothing is ever mapped.
 */
#define L4_REGISTERS_COUNT 19

/* Sets the calling thread's pointer to the value in rdi, and nothing else. A system call of this architecture alone. */
#define L4_SYS_SET_THREAD_POINTER 6

/* The end of a process's addresses: the last page of the lower half stays empty, so that no system call returns to an address that is none. */
#define L4_USER_END 0x7ffffffff000UL

/*
 * Faults: L4_FAULT_CAUSE is the vector, with the error code in its upper half where the exception has one. L4_FAULT_ADDRESS is CR2 for page faults, else 0.
 * General protection and its like (vectors 10 to 13) are FAULT_ACCESS. Divide errors and the FPU's (0, 4, 5, 16, 19) are FAULT_ARITHMETIC.
 */
#define L4_FAULT_ERROR_CODE_SHIFT 32

/* --- Guests --- */

/*
 * Lines of a vcpu. Those from L4_VCPU_LINE_VECTOR on are the vectors of its local APIC: raising one (level 1, or a virq) sets its bit in the IRR, lowering it takes that back.
 * They are edges: an accepted interrupt is not pending any more.
 */
enum l4_vcpu_line {
	L4_VCPU_LINE_NMI = 2,
	L4_VCPU_LINE_VECTOR = 16,
	L4_VCPU_LINES = 256,
};

/* Segment registers, in the order of the encoding, then the two system segments. */
enum l4_segment {
	L4_SEGMENT_ES,
	L4_SEGMENT_CS,
	L4_SEGMENT_SS,
	L4_SEGMENT_DS,
	L4_SEGMENT_FS,
	L4_SEGMENT_GS,
	L4_SEGMENT_LDTR,
	L4_SEGMENT_TR,
	L4_SEGMENTS,
};

/*
 * System registers of a vcpu. A new vcpu is as after INIT, but for the memory that it would fetch its first instruction from: real mode, CS:IP f000:fff0, in the thread's
 * registers rip = fff0. rip, rsp, rflags and the others of the encoding are the thread's registers (thread_read_registers); there all values are the guest's own to choose.
 * Writing a value that the processor would refuse is INVALID_ARGUMENT.
 */
enum l4_vcpu_reg {
	L4_VCPU_REG_CR0,
	L4_VCPU_REG_CR2,
	L4_VCPU_REG_CR3,
	L4_VCPU_REG_CR4,
	L4_VCPU_REG_EFER,       /* as the guest sees it */
	L4_VCPU_REG_XCR0,       /* at most L4_VCPU_REG_XCR0_MASK */
	L4_VCPU_REG_XCR0_MASK,  /* read-only: what the kernel switches */
	L4_VCPU_REG_PAT,
	L4_VCPU_REG_DR0,
	L4_VCPU_REG_DR1,
	L4_VCPU_REG_DR2,
	L4_VCPU_REG_DR3,
	L4_VCPU_REG_DR6,
	L4_VCPU_REG_DR7,
	L4_VCPU_REG_STAR,
	L4_VCPU_REG_LSTAR,
	L4_VCPU_REG_CSTAR,
	L4_VCPU_REG_SFMASK,
	L4_VCPU_REG_KERNEL_GS_BASE,
	L4_VCPU_REG_SYSENTER_CS,
	L4_VCPU_REG_SYSENTER_ESP,
	L4_VCPU_REG_SYSENTER_EIP,
	L4_VCPU_REG_GDTR_BASE,
	L4_VCPU_REG_GDTR_LIMIT,
	L4_VCPU_REG_IDTR_BASE,
	L4_VCPU_REG_IDTR_LIMIT,
	L4_VCPU_REG_CPL,
	L4_VCPU_REG_INTERRUPT_SHADOW, /* 1: the next instruction is not interrupted (behind STI, MOV SS) */
	L4_VCPU_REG_TSC_OFFSET,       /* the guest's time-stamp counter less the machine's */
	L4_VCPU_REG_APIC_TPR,
	L4_VCPU_REG_APIC_ENABLED,     /* 1: the local APIC is enabled by software (SVR bit 8); while 0, vectors stay pending */
	L4_VCPU_REG_APIC_TIMER,       /* the LVT entry of the APIC's timer: vector, mask (bit 16), mode (bits 18 and 17) */
	L4_VCPU_REG_APIC_DEADLINE,    /* when the timer fires, of the guest's time-stamp counter; all ones: never. vcpu_set_timer sets it too. IA32_TSC_DEADLINE, where 0 is never */
	L4_VCPU_REG_APIC_PERIOD,      /* ticks that a timer that has fired is armed again with; 0: it stops */
	L4_VCPU_REG_APIC_ISR0,        /* eight registers of 32 bits */
	L4_VCPU_REG_APIC_IRR0 = L4_VCPU_REG_APIC_ISR0 + 8,
	L4_VCPU_REG_SEGMENT0 = L4_VCPU_REG_APIC_IRR0 + 8, /* of enum l4_segment: two each, see L4_VCPU_REG_SEGMENT and L4_VCPU_REG_SEGMENT_BASE */
	L4_VCPU_REG_COUNT = L4_VCPU_REG_SEGMENT0 + 2 * L4_SEGMENTS,
};

/* Selector in bits 15..0, attributes in bits 31..16, limit in bits 63..32. The attributes are bits 55..52 and 47..40 of the descriptor, as bits 11..0. */
#define L4_VCPU_REG_SEGMENT(segment) (L4_VCPU_REG_SEGMENT0 + 2 * (segment))
#define L4_VCPU_REG_SEGMENT_BASE(segment) (L4_VCPU_REG_SEGMENT0 + 2 * (segment) + 1)

/*
 * FAULT_GUEST_HYPERCALL: VMMCALL at privilege level 0 (at others an invalid opcode). rax is the slot of the guest's cnode; rdi, rsi, rdx, r10, r8, r9 are the six words, as a call
 * with label L4_FAULT_GUEST_HYPERCALL and length 6, badge as minted. Slot 0 is the VMM. The guest goes on behind the instruction with rax the status (0, or a negative error: enum l4_error
 * less its sign), rdi and rsi the words 0 and 1 of the reply. To a notification it is a signal, and returns at once.
 */
#define L4_HYPERCALL_LENGTH 6

/* FAULT_GUEST_MMIO: an access to guest-physical memory that is not mapped. The kernel decodes no instruction: DONE goes on as RETRY does. */
enum l4_guest_mmio_words {
	L4_GUEST_MMIO_ADDRESS = 0, /* guest-physical */
	L4_GUEST_MMIO_PC = 1,
	L4_GUEST_MMIO_ACCESS = 2,  /* L4_READ, L4_WRITE or L4_EXECUTE */
	L4_GUEST_MMIO_WALK = 3,    /* 1: the processor's own, in walking the guest's page tables */
	L4_GUEST_MMIO_LENGTH = 4,
};

/* FAULT_GUEST_PORT: IN or OUT. */
enum l4_guest_port_words {
	L4_GUEST_PORT_NUMBER = 0,
	L4_GUEST_PORT_PC = 1,
	L4_GUEST_PORT_ACCESS = 2,  /* L4_READ (IN) or L4_WRITE (OUT) */
	L4_GUEST_PORT_WIDTH = 3,   /* bytes: 1, 2, 4; 0 for string instructions: cannot be completed */
	L4_GUEST_PORT_VALUE = 4,   /* OUT */
	L4_GUEST_PORT_LENGTH = 5,
};

/* FAULT_GUEST_MSR: RDMSR or WRMSR of a register that the guest does not have for itself. */
enum l4_guest_msr_words {
	L4_GUEST_MSR_NUMBER = 0,
	L4_GUEST_MSR_PC = 1,
	L4_GUEST_MSR_ACCESS = 2,   /* L4_READ or L4_WRITE */
	L4_GUEST_MSR_VALUE = 3,    /* WRMSR */
	L4_GUEST_MSR_LENGTH = 4,
};

/* FAULT_GUEST_CPUID. */
enum l4_guest_cpuid_words {
	L4_GUEST_CPUID_LEAF = 0,
	L4_GUEST_CPUID_PC = 1,
	L4_GUEST_CPUID_SUBLEAF = 2,
	L4_GUEST_CPUID_CR4 = 3,
	L4_GUEST_CPUID_XCR0 = 4,
	L4_GUEST_CPUID_LENGTH = 5,
};

/* FAULT_GUEST_EXCEPTION: the guest cannot go on by itself. Words as in enum l4_fault_words; L4_FAULT_CAUSE is one of these. */
enum l4_guest_cause {
	L4_GUEST_SHUTDOWN,      /* triple fault */
	L4_GUEST_REFUSED,       /* the processor refuses the vcpu's state, whose system registers are as new again; L4_FAULT_ADDRESS is the exit's detail */
	L4_GUEST_TASK_SWITCH,
	L4_GUEST_UNKNOWN_EXIT,  /* L4_FAULT_ADDRESS is the processor's exit code */
};

/*
 * The label of a reply to these tells how the guest goes on. DONE, by word 0: IN, RDMSR: the value; CPUID: eax, and ebx in the upper half; and by word 1: CPUID: ecx, and edx in the upper half.
 * INJECT: the guest takes exception word 0 (its vector; with bit 8 set there is an error code, in bits 63..32); of a page fault word 1 is CR2.
 */
enum l4_guest_resume {
	L4_GUEST_RETRY = 0,  /* at the same instruction, unchanged */
	L4_GUEST_DONE = 1,   /* behind the instruction */
	L4_GUEST_INJECT = 2,
};
#define L4_GUEST_INJECT_ERROR_CODE 0x100UL
#define L4_GUEST_INJECT_ERROR_CODE_SHIFT 32

/*
 * Doorbells: ports are guest-physical addresses from here on, for doorbell_configure alone. An OUT of any width to such a port rings. Addresses of memory have no
 * doorbells (INVALID_ARGUMENT), since the kernel, which decodes no instruction, could not go on behind a store.
 */
#define L4_GUEST_PORT_SPACE (1UL << 62)

/*
 * MSRs of the local APIC in x2APIC mode that the kernel itself answers: TPR, PPR, EOI, ISR, IRR (reads), self IPI, and IA32_TSC_DEADLINE. All others, the LVT and SVR among them,
 * are FAULT_GUEST_MSR.
 */
