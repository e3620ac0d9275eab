/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC of guests, in x2APIC mode: interrupts and their priorities, and the timer. The rest of its registers is the VMM's. */
#pragma once

#include <kernel/vcpu.h>

/* A vector's priority class. */
#define APIC_CLASS(vector) ((vector) >> 4)

void apic_init(struct virtual_apic *apic);

/* Raises or takes back an interrupt. */
void apic_set_pending(struct virtual_apic *apic, unsigned vector, bool pending);
/* The guest has taken the interrupt. */
void apic_accept(struct virtual_apic *apic, unsigned vector);
/* The pending vector that is to be delivered first, once the task priority allows it; 0 where there is none. */
unsigned apic_next(const struct virtual_apic *apic);
/* Whether that is allowed now. */
static inline bool apic_priority_allows(const struct virtual_apic *apic, unsigned vector)
{
	return APIC_CLASS(vector) > APIC_CLASS(apic->tpr);
}

/* The time-stamp counter of the guest is `offset` ahead of the machine's: finds out anew when the timer is due, after a change of that or of the deadline. */
void apic_timer_arm(struct vcpu *vcpu);
/* The timer is due: its interrupt becomes pending; it goes on or stops. */
void apic_timer_fire(struct vcpu *vcpu);
/* When the timer will interrupt a guest that has interrupts enabled; TICKS_NEVER if it will not. */
ticks_t apic_timer_deadline(const struct virtual_apic *apic);

/* The registers of a vcpu (enum l4_vcpu_reg) that are the APIC's. False: not a value that the register can have, or not one of them. */
bool apic_register_get(const struct virtual_apic *apic, word_t reg, word_t *value);
bool apic_register_set(struct vcpu *vcpu, word_t reg, word_t value);

enum apic_answer {
	APIC_NOT_MINE, /* the handler's */
	APIC_DONE,
	APIC_FAULT,    /* a general protection fault */
};

/* RDMSR and WRMSR of the guest. */
enum apic_answer apic_msr_read(const struct virtual_apic *apic, uint32_t msr, word_t *value);
enum apic_answer apic_msr_write(struct vcpu *vcpu, uint32_t msr, word_t value);
