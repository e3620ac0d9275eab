/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for some of the bits of the program's own notification (`notification` in its startup block), and no longer than a deadline. A notification is
 * emptied by whoever waits; what comes meanwhile for others is kept for them here, so all waits on it must be these, and of one thread.
 */
#pragma once

#include <stdbool.h>

#include <l4/abi/types.h>

#define L4_SIGNALS_FOREVER (~0UL) /* the deadline that never comes */

/* Whether there can be deadlines: the description gives the program `timer = true`. */
bool l4_signals_have_timer(void);

/*
 * Waits until one of `bits` was signalled, and gives those of them that were. 0: the clock (l4_now) has passed `deadline`, in ticks, which is in time as long
 * as the program is. A deadline uses the partition's timer: what that was armed for is gone. Without a timer a deadline has passed at once.
 */
l4_word_t l4_signals_wait(l4_word_t bits, l4_word_t deadline);
