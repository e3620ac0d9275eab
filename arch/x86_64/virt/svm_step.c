/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For QEMU alone (svm.is_emulated), whose guests' writes of CR0 and CR8 are not what the manual says: a value that CR0 cannot have is kept, and refused by the next VMRUN; and
 * a write of CR8 that makes a virtual interrupt due ends QEMU itself. So the one is an exit, and the other while an interrupt is requested. The guest executes the instruction
 * again as a single step, without a request, and what has come of it is looked at behind it. Invariant: while a step is active neither is an exit, nor is an interrupt requested.
 */
#include "svm.h"

#include <arch/registers.h>
#include <kernel/arch.h>

#include "../vectors.h"
#include "back_end.h"

void svm_step_intercept(struct vcpu *vcpu)
{
	struct arch_vcpu *arch = &vcpu->arch;
	struct vmcb *vmcb = svm_vmcb(vcpu);
	if (!svm.is_emulated)
		return;
	vmcb->intercept_cr_write = arch->requested ? INTERCEPT_CR8 : 0;
	if (arch->step.is_active)
		vmcb->intercept1 &= ~INTERCEPT1_CR0_SELECTIVE;
	else
		vmcb->intercept1 |= INTERCEPT1_CR0_SELECTIVE;
}

void svm_step(struct thread *thread, struct vcpu *vcpu)
{
	const struct vmcb *vmcb = svm_vmcb(vcpu);
	word_t *flags = &thread->context.registers[REG_RFLAGS];
	vcpu->arch.step = (struct step){
		.is_active = true, .is_traced = *flags & RFLAGS_TF, .pc = arch_context_pc(thread), .cr0 = vmcb->cr0, .efer = vmcb->efer, .dr6 = vmcb->dr6,
	};
	vcpu->arch.attention = true;
	*flags |= RFLAGS_TF;
}

/* Paging cannot be left in 64-bit mode. */
static bool is_legal(const struct step *step, const struct vmcb *vmcb)
{
	bool leaves_paging = step->efer & EFER_LMA && !(vmcb->cr0 & SVM_CR0_PAGING) && vmcb->cs.attributes & SEGMENT_64_BIT;
	return svm_cr0_is_legal(vmcb->cr0) && svm_mode_is_legal(vmcb) && !leaves_paging;
}

static void take_back(struct thread *thread, struct vcpu *vcpu)
{
	const struct step *step = &vcpu->arch.step;
	struct vmcb *vmcb = svm_vmcb(vcpu);
	vmcb->cr0 = step->cr0;
	vmcb->efer = step->efer;
	vmcb->dr6 = step->dr6;
	thread->context.registers[REG_RIP] = step->pc;
	virt_inject(vcpu, VECTOR_GENERAL_PROTECTION | INJECT_ERROR_CODE, 0);
}

bool svm_step_ends(struct thread *thread, struct vcpu *vcpu)
{
	struct step *step = &vcpu->arch.step;
	struct vmcb *vmcb = svm_vmcb(vcpu);
	if (!step->is_active)
		return false;
	step->is_active = false;
	vcpu->arch.attention = true;
	if (!step->is_traced)
		thread->context.registers[REG_RFLAGS] &= ~(word_t)RFLAGS_TF;
	/* The guest has a breakpoint at the instruction, which it has not executed yet. */
	if (arch_context_pc(thread) == step->pc)
		return false;
	if (!is_legal(step, vmcb)) {
		take_back(thread, vcpu);
		return true;
	}
	if (!step->is_traced)
		vmcb->dr6 = step->dr6;
	return !step->is_traced;
}
