/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is done here is done often: an interrupt costs its sender a bit, and its guest one exit, for EOI. Invariant: due is deadline in the machine's time; the machine's
 * timer is set to it while the vcpu is the processor's (cpu->vcpu).
 */
#include "apic.h"

#include <arch/registers.h>
#include <kernel/arch.h>

#include "../timer.h"
#include "back_end.h"

#define MSR_TPR 0x808
#define MSR_PPR 0x80a
#define MSR_EOI 0x80b
#define MSR_ISR 0x810
#define MSR_IRR 0x820
#define MSR_SELF_IPI 0x83f
#define REGISTERS_OF_VECTORS 8 /* of 32 bits */

#define TIMER_VECTOR_MASK 0xffUL
#define TIMER_MASKED (1UL << 16)
#define TIMER_MODE (3UL << 17)
#define TIMER_MODE_DEADLINE (2UL << 17)
#define TIMER_WRITABLE (TIMER_VECTOR_MASK | TIMER_MASKED | TIMER_MODE)

#define CLASS_MASK 0xf0UL
#define VECTOR_FIRST_LEGAL 16

void apic_init(struct virtual_apic *apic)
{
	*apic = (struct virtual_apic){.timer = TIMER_MASKED, .deadline = TICKS_NEVER, .due = TICKS_NEVER};
}

static unsigned highest(const word_t *vectors)
{
	for (unsigned i = VECTOR_WORDS; i-- > 0;)
		if (vectors[i])
			return i * 64 + 63 - (unsigned)__builtin_clzl(vectors[i]);
	return 0;
}

static word_t vector_bit(unsigned vector)
{
	return 1UL << vector % 64;
}

void apic_set_pending(struct virtual_apic *apic, unsigned vector, bool pending)
{
	if (pending)
		apic->irr[vector / 64] |= vector_bit(vector);
	else
		apic->irr[vector / 64] &= ~vector_bit(vector);
}

void apic_accept(struct virtual_apic *apic, unsigned vector)
{
	apic->irr[vector / 64] &= ~vector_bit(vector);
	apic->isr[vector / 64] |= vector_bit(vector);
}

unsigned apic_next(const struct virtual_apic *apic)
{
	unsigned vector = highest(apic->irr);
	return apic->enabled && APIC_CLASS(vector) > APIC_CLASS(highest(apic->isr)) ? vector : 0;
}

static word_t processor_priority(const struct virtual_apic *apic)
{
	word_t in_service = highest(apic->isr) & CLASS_MASK;
	return (apic->tpr & CLASS_MASK) >= in_service ? apic->tpr : in_service;
}

/* --- The timer --- */

static ticks_t machine_time(const struct vcpu *vcpu)
{
	word_t deadline = vcpu->arch.apic.deadline;
	if (deadline == TICKS_NEVER)
		return TICKS_NEVER;
	ticks_t now = arch_now();
	word_t guest_now = now + virt_tsc_offset(vcpu);
	if (deadline <= guest_now)
		return now;
	word_t left = deadline - guest_now;
	return left < TICKS_NEVER - now ? now + left : TICKS_NEVER;
}

void apic_timer_arm(struct vcpu *vcpu)
{
	vcpu->arch.apic.due = machine_time(vcpu);
	if (cpu_self()->vcpu == vcpu)
		timer_set_guest(vcpu->arch.apic.due);
}

/* A periodic timer that has missed periods interrupts once. */
static word_t next_deadline(const struct vcpu *vcpu)
{
	const struct virtual_apic *apic = &vcpu->arch.apic;
	word_t guest_now = arch_now() + virt_tsc_offset(vcpu);
	if (!apic->period)
		return TICKS_NEVER;
	word_t next = apic->deadline + apic->period;
	return next > guest_now ? next : guest_now + apic->period;
}

void apic_timer_fire(struct vcpu *vcpu)
{
	struct virtual_apic *apic = &vcpu->arch.apic;
	unsigned vector = apic->timer & TIMER_VECTOR_MASK;
	if (!(apic->timer & TIMER_MASKED) && vector >= VECTOR_FIRST_LEGAL)
		apic_set_pending(apic, vector, true);
	vcpu->arch.attention = true;
	apic->deadline = next_deadline(vcpu);
	apic_timer_arm(vcpu);
}

ticks_t apic_timer_deadline(const struct virtual_apic *apic)
{
	unsigned vector = apic->timer & TIMER_VECTOR_MASK;
	bool interrupts = apic->enabled && !(apic->timer & TIMER_MASKED) && APIC_CLASS(vector) > APIC_CLASS(processor_priority(apic));
	return interrupts ? apic->due : TICKS_NEVER;
}

static void set_deadline(struct vcpu *vcpu, word_t deadline)
{
	vcpu->arch.apic.deadline = deadline;
	apic_timer_arm(vcpu);
}

/* --- Registers --- */

/* Register `index` of 32 bits. */
static word_t part_get(const word_t *vectors, word_t index)
{
	return vectors[index / 2] >> 32 * (index % 2) & UINT32_MAX;
}

static void part_set(word_t *vectors, word_t index, word_t value)
{
	unsigned shift = 32 * (index % 2);
	vectors[index / 2] = (vectors[index / 2] & ~((word_t)UINT32_MAX << shift)) | value << shift;
}

bool apic_register_get(const struct virtual_apic *apic, word_t reg, word_t *value)
{
	switch (reg) {
	case L4_VCPU_REG_APIC_TPR:
		*value = apic->tpr;
		return true;
	case L4_VCPU_REG_APIC_ENABLED:
		*value = apic->enabled;
		return true;
	case L4_VCPU_REG_APIC_TIMER:
		*value = apic->timer;
		return true;
	case L4_VCPU_REG_APIC_DEADLINE:
		*value = apic->deadline;
		return true;
	case L4_VCPU_REG_APIC_PERIOD:
		*value = apic->period;
		return true;
	case L4_VCPU_REG_APIC_ISR0 ... L4_VCPU_REG_APIC_ISR0 + REGISTERS_OF_VECTORS - 1:
		*value = part_get(apic->isr, reg - L4_VCPU_REG_APIC_ISR0);
		return true;
	case L4_VCPU_REG_APIC_IRR0 ... L4_VCPU_REG_APIC_IRR0 + REGISTERS_OF_VECTORS - 1:
		*value = part_get(apic->irr, reg - L4_VCPU_REG_APIC_IRR0);
		return true;
	default:
		return false;
	}
}

/* Vectors below 16 do not exist. */
static bool part_is_legal(word_t index, word_t value)
{
	return value <= UINT32_MAX && !(index == 0 && value & ((1UL << VECTOR_FIRST_LEGAL) - 1));
}

static bool set_part(word_t *vectors, word_t index, word_t value)
{
	if (!part_is_legal(index, value))
		return false;
	part_set(vectors, index, value);
	return true;
}

bool apic_register_set(struct vcpu *vcpu, word_t reg, word_t value)
{
	struct virtual_apic *apic = &vcpu->arch.apic;
	vcpu->arch.attention = true;
	switch (reg) {
	case L4_VCPU_REG_APIC_TPR:
		if (value > UINT8_MAX)
			return false;
		apic->tpr = value;
		return true;
	case L4_VCPU_REG_APIC_ENABLED:
		if (value > 1)
			return false;
		apic->enabled = value;
		return true;
	case L4_VCPU_REG_APIC_TIMER:
		if (value & ~TIMER_WRITABLE)
			return false;
		apic->timer = value;
		return true;
	case L4_VCPU_REG_APIC_DEADLINE:
		set_deadline(vcpu, value);
		return true;
	case L4_VCPU_REG_APIC_PERIOD:
		apic->period = value;
		return true;
	case L4_VCPU_REG_APIC_ISR0 ... L4_VCPU_REG_APIC_ISR0 + REGISTERS_OF_VECTORS - 1:
		return set_part(apic->isr, reg - L4_VCPU_REG_APIC_ISR0, value);
	case L4_VCPU_REG_APIC_IRR0 ... L4_VCPU_REG_APIC_IRR0 + REGISTERS_OF_VECTORS - 1:
		return set_part(apic->irr, reg - L4_VCPU_REG_APIC_IRR0, value);
	default:
		return false;
	}
}

/* --- The guest's accesses --- */

static word_t tsc_deadline(const struct virtual_apic *apic)
{
	bool armed = (apic->timer & TIMER_MODE) == TIMER_MODE_DEADLINE && apic->deadline != TICKS_NEVER;
	return armed ? apic->deadline : 0;
}

enum apic_answer apic_msr_read(const struct virtual_apic *apic, uint32_t msr, word_t *value)
{
	switch (msr) {
	case MSR_TSC_DEADLINE:
		*value = tsc_deadline(apic);
		return APIC_DONE;
	case MSR_TPR:
		*value = apic->tpr;
		return APIC_DONE;
	case MSR_PPR:
		*value = processor_priority(apic);
		return APIC_DONE;
	case MSR_ISR ... MSR_ISR + REGISTERS_OF_VECTORS - 1:
		*value = part_get(apic->isr, msr - MSR_ISR);
		return APIC_DONE;
	case MSR_IRR ... MSR_IRR + REGISTERS_OF_VECTORS - 1:
		*value = part_get(apic->irr, msr - MSR_IRR);
		return APIC_DONE;
	case MSR_EOI:
	case MSR_SELF_IPI:
		return APIC_FAULT;
	default:
		return APIC_NOT_MINE;
	}
}

static void end_of_interrupt(struct virtual_apic *apic)
{
	unsigned vector = highest(apic->isr);
	apic->isr[vector / 64] &= ~vector_bit(vector);
}

/* An illegal vector is an error that only the APIC's error register would tell of. */
static void self_interrupt(struct virtual_apic *apic, unsigned vector)
{
	if (vector >= VECTOR_FIRST_LEGAL)
		apic_set_pending(apic, vector, true);
}

enum apic_answer apic_msr_write(struct vcpu *vcpu, uint32_t msr, word_t value)
{
	struct virtual_apic *apic = &vcpu->arch.apic;
	vcpu->arch.attention = true;
	switch (msr) {
	case MSR_EOI:
		if (value)
			return APIC_FAULT;
		end_of_interrupt(apic);
		return APIC_DONE;
	case MSR_TSC_DEADLINE:
		if ((apic->timer & TIMER_MODE) == TIMER_MODE_DEADLINE)
			set_deadline(vcpu, value ? value : TICKS_NEVER);
		return APIC_DONE;
	case MSR_SELF_IPI:
		if (value > UINT8_MAX)
			return APIC_FAULT;
		self_interrupt(apic, (unsigned)value);
		return APIC_DONE;
	case MSR_TPR:
		if (value > UINT8_MAX)
			return APIC_FAULT;
		apic->tpr = value;
		return APIC_DONE;
	case MSR_PPR:
	case MSR_ISR ... MSR_ISR + REGISTERS_OF_VECTORS - 1:
	case MSR_IRR ... MSR_IRR + REGISTERS_OF_VECTORS - 1:
		return APIC_FAULT;
	default:
		return APIC_NOT_MINE;
	}
}
