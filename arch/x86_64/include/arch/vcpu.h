/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/types.h>
#include <l4/abi/arch.h>

#define ARCH_VCPU_BITS 13

#define VECTOR_WORDS (256 / 64)

/* The guest's local APIC, as much of it as the kernel answers for (virt/apic.c). */
struct virtual_apic {
	word_t irr[VECTOR_WORDS];
	word_t isr[VECTOR_WORDS];
	word_t tpr;
	word_t timer;     /* the LVT entry */
	word_t deadline;  /* of the guest's time-stamp counter */
	word_t period;
	ticks_t due;      /* the deadline in the machine's time; TICKS_NEVER where there is none */
	bool enabled;
};

/* An exit that the handler answers: how its answer is applied (virt/exits.c). */
struct guest_exit {
	uint8_t instruction_size;
	uint8_t width;    /* of IN and OUT; 0: cannot be completed */
	bool is_read;     /* IN, RDMSR */
};

enum nmi_state {
	NMI_OPEN,
	NMI_BLOCKED,   /* until the guest's IRET */
	NMI_RETURNING, /* the IRET at `nmi_return` is next: open behind it */
};

/* An instruction that the guest executes as a single step (virt/svm_step.c), and what it must not change. */
struct step {
	bool is_active;
	bool is_traced; /* by the guest */
	word_t pc, cr0, efer, dr6;
};

/*
 * System registers are in the control block whenever the kernel runs. Only what the processor switches at no world switch is here: debug registers 0 to 3 (out of date while
 * debug_loaded says that they are in the processor) and XCR0 (likewise, xcr0_loaded).
 */
struct arch_vcpu {
	uint8_t control[1 << L4_PAGE_BITS]; /* in the processor's format (SVM: the VMCB); the object's first page */
	struct virtual_apic apic;
	struct guest_exit exit;
	word_t debug[4];
	word_t xcr0;
	uint32_t pkru;       /* while the vcpu is not in the processor */
	bool debug_loaded;   /* only if cpu->vcpu is this vcpu */
	bool xcr0_loaded;    /* only if cpu->vcpu is this vcpu, and the FPU's owner is its thread or none */
	bool attention;      /* something below, or in the APIC, may have changed: to be looked at before the guest is entered */
	word_t event;        /* exception to be taken at the next entry, in the processor's format; 0: none */
	uint8_t requested;   /* vector of the interrupt that the processor may deliver; 0: none */
	bool nmi_pending;
	uint8_t nmi;         /* enum nmi_state */
	word_t nmi_return;
	bool halted;         /* at the HLT at `halt_pc`, whose size is exit.instruction_size */
	word_t halt_pc;
	struct step step;
};
