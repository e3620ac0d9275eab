/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's local APIC. */
#pragma once

#include <kernel/types.h>

/* Registers, by their number in x2APIC mode; in xAPIC mode 16 bytes each. */
enum apic_register {
	APIC_ID = 0x02,
	APIC_VERSION = 0x03,
	APIC_TPR = 0x08,
	APIC_EOI = 0x0b,
	APIC_LDR = 0x0d,
	APIC_SVR = 0x0f,
	APIC_ISR = 0x10, /* eight registers, a bit for each vector */
	APIC_IRR = 0x20,
	APIC_LVT_CMCI = 0x2f,
	APIC_ICR = 0x30,
	APIC_LVT_TIMER = 0x32,
	APIC_LVT_THERMAL = 0x33,
	APIC_LVT_PERFORMANCE = 0x34,
	APIC_LVT_LINT0 = 0x35,
	APIC_LVT_LINT1 = 0x36,
	APIC_LVT_ERROR = 0x37,
	APIC_TIMER_INITIAL = 0x38,
	APIC_TIMER_CURRENT = 0x39,
	APIC_TIMER_DIVIDE = 0x3e,
	APIC_SELF_IPI = 0x3f, /* x2APIC mode alone */
};

#define APIC_VECTOR_BITS 32 /* vectors in a register of ISR or IRR */

/*
 * The task priority, always. The APIC takes vectors from 16 on, and the processor would find an exception's entry by those below 32: messages by them stay where they are.
 * (Those below 16 it refuses itself.)
 */
#define APIC_PRIORITY 0x10

uint32_t apic_read(enum apic_register number);
void apic_write(enum apic_register number, uint32_t value);

/* Turns it on, in x2APIC mode where it has that; everything masked, nothing in service. */
void apic_boot(void);
/* The number by which interrupts are sent to this processor. */
uint32_t apic_id(void);
/* An interrupt by this vector has been taken, and not ended. (A spurious one is not.) */
bool apic_is_in_service(unsigned vector);
/* Lets the processor interrupt itself. */
void apic_interrupt_self(unsigned vector);

static inline void apic_end_of_interrupt(void)
{
	apic_write(APIC_EOI, 0);
}

/* Lets the APIC tell the processor again of what is pending: writes the task priority that it has. */
static inline void apic_interrupts_again(void)
{
	apic_write(APIC_TPR, APIC_PRIORITY);
}
