/* SPDX-License-Identifier: BSD-2-Clause */
/* Vcpus, as the portable kernel sees them. */
#include <arch/registers.h>
#include <kernel/arch.h>

#include "apic.h"
#include "back_end.h"
#include "guest.h"

#define RIP_AFTER_INIT 0xfff0

void arch_vcpu_init(struct vcpu *vcpu)
{
	apic_init(&vcpu->arch.apic);
	virt_init(vcpu);
}

void arch_vcpu_destroy(struct vcpu *vcpu)
{
	struct cpu *cpu = cpu_self();
	if (cpu->vcpu == vcpu)
		virt_unload(cpu, vcpu);
}

void guest_put(struct cpu *cpu)
{
	if (cpu->vcpu)
		virt_unload(cpu, cpu->vcpu);
}

void arch_vcpu_attach(struct thread *thread, struct vcpu *vcpu)
{
	(void)vcpu;
	thread->context = (struct arch_context){{0}};
	thread->context.registers[REG_RIP] = RIP_AFTER_INIT;
	thread->context.registers[REG_RFLAGS] = RFLAGS_FIXED;
	thread->arch.message = thread->arch.vcpu_message;
	thread->context_is_full = true;
}

/* The guest's registers are no user's: their values are not checked. The thread may stay the FPU's owner, but not with the guest's XCR0. */
void arch_vcpu_detach(struct thread *thread, struct vcpu *vcpu)
{
	struct cpu *cpu = cpu_self();
	if (cpu->vcpu == vcpu)
		guest_xcr0_unload(cpu);
	thread->context = (struct arch_context){{0}};
	thread->context.registers[REG_RFLAGS] = RFLAGS_FIXED | RFLAGS_IF;
	thread->arch.message = &thread->context.registers[REG_MESSAGE];
	thread->context_is_full = true;
}

bool arch_vcpu_read(struct vcpu *vcpu, word_t reg, word_t *value)
{
	return apic_register_get(&vcpu->arch.apic, reg, value) || virt_register_get(vcpu, reg, value);
}

bool arch_vcpu_write(struct vcpu *vcpu, word_t reg, word_t value)
{
	return apic_register_set(vcpu, reg, value) || virt_register_set(vcpu, reg, value);
}

bool arch_vcpu_line_is_valid(word_t line)
{
	return line == L4_VCPU_LINE_NMI || (line >= L4_VCPU_LINE_VECTOR && line < L4_VCPU_LINES);
}

void arch_vcpu_set_line(struct vcpu *vcpu, unsigned line, bool level)
{
	if (line == L4_VCPU_LINE_NMI)
		vcpu->arch.nmi_pending = level;
	else
		apic_set_pending(&vcpu->arch.apic, line, level);
	vcpu->arch.attention = true;
}

void arch_vcpu_set_timer(struct vcpu *vcpu, ticks_t deadline)
{
	vcpu->arch.apic.deadline = deadline;
	apic_timer_arm(vcpu);
}

static bool interrupts_enabled(const struct vcpu *vcpu)
{
	return vcpu->thread->context.registers[REG_RFLAGS] & RFLAGS_IF;
}

bool arch_vcpu_interrupt_pending(struct vcpu *vcpu)
{
	struct arch_vcpu *arch = &vcpu->arch;
	arch_vcpu_timer_due(vcpu);
	if (arch->event || (arch->nmi_pending && arch->nmi != NMI_BLOCKED))
		return true;
	unsigned vector = apic_next(&arch->apic);
	return interrupts_enabled(vcpu) && vector && apic_priority_allows(&arch->apic, vector);
}

ticks_t arch_vcpu_deadline(struct vcpu *vcpu)
{
	return interrupts_enabled(vcpu) ? apic_timer_deadline(&vcpu->arch.apic) : TICKS_NEVER;
}

void arch_vcpu_timer_due(struct vcpu *vcpu)
{
	if (arch_now() >= vcpu->arch.apic.due)
		apic_timer_fire(vcpu);
}
