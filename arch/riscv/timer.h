/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/types.h>

/* The running guest, whose own timer the hart does not have, wants to be interrupted then. TICKS_NEVER once it has stopped. */
void timer_set_guest(ticks_t deadline);

/*
 * Called first when the machine's timer interrupts. An interrupt before its time must end here: firmware and emulators deliver one where the timer was
 * set anew in the moment in which it expired, and it stays pending until the timer is set once more, which nobody has a reason to do.
 */
void timer_interrupt(void);
