/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From vectors to lines. Line n is the GSI n (global system interrupt: an input of an I/O APIC), but for GSI 0, which is no line; behind the GSIs come the lines that
 * messages raise. A line's vector is its number above the timer's, so that few words of the local APIC's registers are in use.
 */
#pragma once

#include <arch/cpu.h>
#include <kernel/boot.h>

#define VECTOR_FIRST 32 /* below are exceptions */
#define VECTOR_TIMER 32
#define VECTOR_LINE(line) (VECTOR_TIMER + (line))
#define VECTOR_LEGACY 0xf0 /* of the legacy controllers, which are masked: one of their spurious interrupts means nothing */
#define VECTOR_SPURIOUS 0xff

#define MESSAGE_LINES 32
#define LINES_MAX (VECTOR_LEGACY - VECTOR_TIMER - 1)

struct acpi;

/* Takes over the interrupt controllers: all lines masked. Fills in `platform` which lines there are. */
void interrupts_boot(struct boot_platform *platform, const struct acpi *acpi);

/* The processor has taken an interrupt by this vector, from user mode or in interrupts_handle: ends it at the local APIC and calls sched_clock or irq_deliver. */
void interrupts_dispatch(unsigned vector);

/*
 * Dispatches and clears what the processor has taken in the kernel, by vectors. The highest first, as an end of interrupt ends the highest in service: else a line's end would
 * end a vector that is nobody's and came on top of it, and the line, taken for that one's, would stay in service and keep all below it out for ever.
 */
void interrupts_dispatch_taken(word_t taken[VECTORS / 64]);

/* Lets the processor take what is pending, into cpu->arch.taken (context.S), and dispatches that. What has a lower priority at the local APIC may stay pending. */
void interrupts_handle(void);
