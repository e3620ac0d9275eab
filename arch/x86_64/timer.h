/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC's timer. */
#pragma once

#include <kernel/types.h>

/* Precondition: tsc_boot, interrupts_boot. */
void timer_boot(void);
/* It has interrupted. */
void timer_interrupt(void);
/* The running guest wants to be interrupted then. TICKS_NEVER once it has stopped. */
void timer_set_guest(ticks_t deadline);
/* What is set is forgotten: it would interrupt the next window, or the wait for it, for which its own deadlines are later. */
void timer_stop(void);
