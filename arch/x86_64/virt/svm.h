/* SPDX-License-Identifier: BSD-2-Clause */
/* AMD's Secure Virtual Machine. */
#pragma once

#include <kernel/vcpu.h>

#include "svm_vmcb.h"

/* What guest_boot has found out; constant afterwards. */
struct svm {
	bool has_next_rip;      /* the processor tells where the next instruction is */
	bool has_pku;
	bool is_emulated;       /* by QEMU, which is not what the manual says: request_interrupt, has_moved_illegally, svm_step.c */
	word_t loose_components; /* of XCR0: not switched, and yet a guest can turn them on */
	uint32_t flush_asid;    /* TLB_CONTROL's value that forgets one identifier's translations */
	uint64_t cr4_legal;     /* bits that a guest may set */
	uint64_t efer_legal;
	paddr_t iopm, msrpm, host_state;
};

_Static_assert(offsetof(struct vcpu, arch.control) == 0, "an object lies at a multiple of its size, and so does its VMCB");

extern struct svm svm;
extern const uint8_t svm_iopm[], svm_msrpm[];

static inline struct vmcb *svm_vmcb(struct vcpu *vcpu)
{
	return (struct vmcb *)vcpu->arch.control;
}

static inline const struct vmcb *svm_vmcb_const(const struct vcpu *vcpu)
{
	return (const struct vmcb *)vcpu->arch.control;
}

/* --- svm_events.c --- */
/* Decides what the guest takes at its entry. */
void svm_prepare_events(struct thread *thread, struct vcpu *vcpu);
/* What was delivered, and what the exit has kept from being delivered. */
void svm_finish_events(struct vcpu *vcpu);
/* The guest's IRET ends the blocking of NMI. */
void svm_nmi_returns(struct thread *thread, struct vcpu *vcpu);

/* --- svm_step.c --- */
/* Makes exits of what must be done by a step. To be called before an entry, when it is known whether an interrupt is requested. */
void svm_step_intercept(struct vcpu *vcpu);
/* The guest is at such an instruction. */
void svm_step(struct thread *thread, struct vcpu *vcpu);
/* At a debug exception. False: it is (also) the guest's own. */
bool svm_step_ends(struct thread *thread, struct vcpu *vcpu);

/* --- svm_loaded.c --- */
/* Gives the guest its debug registers, without further exits. Precondition: cpu->vcpu is the vcpu. */
void svm_debug_load(struct vcpu *vcpu);
word_t svm_debug_get(const struct vcpu *vcpu, unsigned index);
void svm_debug_set(struct vcpu *vcpu, unsigned index, word_t value);
/* Gives the guest its XCR0. Preconditions: cpu->vcpu is the vcpu, and its thread owns the FPU. */
void svm_xcr0_load(struct vcpu *vcpu);
void svm_xcr0_set(struct vcpu *vcpu, word_t value);
/* DR7 was written. */
void svm_debug_control_set(struct vcpu *vcpu);

/* --- svm_registers.c --- */
bool svm_xcr0_is_legal(word_t value);
#define SVM_CR0_PAGING (1UL << 31)
#define SEGMENT_64_BIT 0x200
bool svm_cr0_is_legal(word_t value);
/* Do the guest's paging, long mode and code segment go together, as VMRUN wants it? */
bool svm_mode_is_legal(const struct vmcb *vmcb);

/* --- svm_entry.S --- */
/* Enters the guest whose VMCB is at `vmcb`, with the registers of `thread` but for those in the VMCB; its exit is a call of svm_exit on an empty stack. */
NORETURN void svm_enter(struct thread *thread, paddr_t vmcb);
/* VMRUN itself. */
extern const char svm_vmrun[];
NORETURN void svm_exit(struct thread *thread);
