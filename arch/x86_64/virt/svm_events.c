/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events of guests. Interrupts of the APIC are left to the processor as a virtual interrupt (V_IRQ): it delivers one as soon as flags, interrupt shadow and task priority
 * allow, without an exit, and takes V_IRQ back. Exceptions and NMI are injected (EVENTINJ) and so delivered first thing.
 *
 * An exit may come in the middle of a delivery (EXITINTINFO). An interrupt then just stays pending, an NMI becomes so again, an exception is injected again; a software interrupt's
 * instruction is executed again. So the state that the VMM sees has lost nothing, and what it changes there counts.
 */
#include "svm.h"

#include <arch/registers.h>
#include <kernel/arch.h>

#include "../apic.h"
#include "../vectors.h"
#include "apic.h"
#include "back_end.h"

#define EXCEPTIONS 32
#define DR6_SINGLE_STEP (1UL << 14)

/* What EVENTINJ may not say is an exception. */
static bool can_inject(unsigned vector)
{
	return vector < EXCEPTIONS && vector != VECTOR_NMI;
}

void virt_inject(struct vcpu *vcpu, unsigned exception, uint32_t error)
{
	word_t event = (exception & EVENT_VECTOR_MASK) | EVENT_EXCEPTION | EVENT_VALID;
	if (exception & INJECT_ERROR_CODE)
		event |= EVENT_ERROR_CODE | (word_t)error << EVENT_ERROR_CODE_SHIFT;
	if (!can_inject(exception & EVENT_VECTOR_MASK))
		return;
	vcpu->arch.event = event;
	vcpu->arch.attention = true;
}

void virt_inject_page_fault(struct vcpu *vcpu, uint32_t error, word_t address)
{
	svm_vmcb(vcpu)->cr2 = address;
	virt_inject(vcpu, VECTOR_PAGE_FAULT | INJECT_ERROR_CODE, error);
}

/* QEMU's own step may have the flag set too. */
void virt_advance(struct thread *thread, unsigned size)
{
	struct vcpu *vcpu = thread_vcpu(thread);
	struct vmcb *vmcb = svm_vmcb(vcpu);
	word_t *registers = thread->context.registers;
	registers[REG_RIP] += size;
	registers[REG_RFLAGS] &= ~(word_t)RFLAGS_RF;
	vmcb->interrupt_shadow = 0;
	if (__builtin_expect(!(registers[REG_RFLAGS] & RFLAGS_TF), 1))
		return;
	vmcb->dr6 |= DR6_SINGLE_STEP;
	if (!svm_step_ends(thread, vcpu))
		virt_inject(vcpu, VECTOR_DEBUG, 0);
}

/* --- Before an entry --- */

/* The guest leaves the HLT at which it is, if it has something to take; else it will execute it again. */
static void leave_halt(struct thread *thread, struct vcpu *vcpu)
{
	struct arch_vcpu *arch = &vcpu->arch;
	arch->halted = false;
	if (arch_context_pc(thread) != arch->halt_pc)
		return;
	/* HLT ends the shadow of an STI before it. */
	svm_vmcb(vcpu)->interrupt_shadow = 0;
	if (arch_vcpu_interrupt_pending(vcpu))
		virt_advance(thread, arch->exit.instruction_size);
}

void svm_nmi_returns(struct thread *thread, struct vcpu *vcpu)
{
	vcpu->arch.nmi = NMI_RETURNING;
	vcpu->arch.nmi_return = arch_context_pc(thread);
	vcpu->arch.attention = true;
	svm_vmcb(vcpu)->intercept1 &= ~INTERCEPT1_IRET;
}

/* NMI stays blocked until the IRET is done, which is known by the first exit that comes elsewhere. */
static bool nmi_is_open(const struct thread *thread, struct arch_vcpu *arch)
{
	if (arch->nmi == NMI_RETURNING && arch_context_pc(thread) != arch->nmi_return)
		arch->nmi = NMI_OPEN;
	return arch->nmi == NMI_OPEN;
}

static word_t next_event(const struct thread *thread, struct vcpu *vcpu)
{
	struct arch_vcpu *arch = &vcpu->arch;
	word_t event = arch->event;
	arch->event = 0;
	/* To be looked at again: EVENTINJ must be cleared, and an NMI may be waiting behind this. */
	if (event || arch->nmi_pending)
		arch->attention = true;
	if (event || !arch->nmi_pending || !nmi_is_open(thread, arch))
		return event;
	arch->nmi_pending = false;
	arch->nmi = NMI_BLOCKED;
	svm_vmcb(vcpu)->intercept1 |= INTERCEPT1_IRET;
	return VECTOR_NMI | EVENT_NMI | EVENT_VALID;
}

/* The processor delivers an interrupt of a higher priority than the task's, QEMU one of the same too. Every vector's class is at least 1. */
static void request_interrupt(struct arch_vcpu *arch, struct vmcb *vmcb)
{
	word_t vector = arch->step.is_active ? 0 : apic_next(&arch->apic);
	word_t priority = APIC_CLASS(vector) - svm.is_emulated;
	word_t request = vector ? V_IRQ | priority << V_INTR_PRIO_SHIFT | vector << V_INTR_VECTOR_SHIFT : 0;
	arch->requested = (uint8_t)vector;
	vmcb->virtual_interrupt = V_INTR_MASKING | APIC_CLASS(arch->apic.tpr) | request;
}

void svm_prepare_events(struct thread *thread, struct vcpu *vcpu)
{
	struct arch_vcpu *arch = &vcpu->arch;
	struct vmcb *vmcb = svm_vmcb(vcpu);
	arch->attention = false;
	if (arch->halted)
		leave_halt(thread, vcpu);
	vmcb->event = next_event(thread, vcpu);
	request_interrupt(arch, vmcb);
	svm_step_intercept(vcpu);
}

/* --- After an exit --- */

/* INT3 and INTO are exceptions by an instruction, which will be executed again. QEMU 7.2 calls a virtual interrupt an exception, and has not taken V_IRQ back. */
static bool is_to_be_injected_again(word_t event)
{
	unsigned vector = event & EVENT_VECTOR_MASK;
	return can_inject(vector) && vector != VECTOR_BREAKPOINT && vector != VECTOR_OVERFLOW;
}

static void finish_interrupted(struct vcpu *vcpu, word_t event)
{
	struct arch_vcpu *arch = &vcpu->arch;
	arch->attention = true;
	switch (event & EVENT_TYPE_MASK) {
	case EVENT_INTR:
		arch->requested = 0;
		break;
	case EVENT_NMI:
		arch->nmi_pending = true;
		arch->nmi = NMI_OPEN;
		svm_vmcb(vcpu)->intercept1 &= ~INTERCEPT1_IRET;
		break;
	case EVENT_EXCEPTION:
		if (is_to_be_injected_again(event))
			arch->event = event;
		break;
	default:
		break;
	}
}

void svm_finish_events(struct vcpu *vcpu)
{
	struct arch_vcpu *arch = &vcpu->arch;
	const struct vmcb *vmcb = svm_vmcb(vcpu);
	/* The guest's own writes of CR8. */
	if (__builtin_expect((vmcb->virtual_interrupt & V_TPR_MASK) != APIC_CLASS(arch->apic.tpr), 0))
		arch->apic.tpr = (vmcb->virtual_interrupt & V_TPR_MASK) << 4;
	if (__builtin_expect((vmcb->exit_interrupt & EVENT_VALID) != 0, 0))
		finish_interrupted(vcpu, vmcb->exit_interrupt);
	if (!arch->requested)
		return;
	/* QEMU 7.2's VMRUN with V_IRQ can lose the host's own interrupt that comes at the same instant (it changes the mask of both without a lock). The machine's APIC looks again at each write. */
	apic_interrupts_again();
	if (!(vmcb->virtual_interrupt & V_IRQ)) {
		apic_accept(&arch->apic, arch->requested);
		arch->requested = 0;
		arch->attention = true;
	}
}
