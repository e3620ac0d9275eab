/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine's own watchdog, where the description wants it: it resets the machine when the monitor has not fed it for so long, because it hangs, or gets no time. */
#pragma once

#include <l4/abi/types.h>

/* Starts it. */
void machine_watchdog_begin(void);

/* Feeds it, if that is due. */
void machine_watchdog_look(void);

/* When that is due next, in ticks; 0: never. */
l4_word_t machine_watchdog_next(void);

/* The architecture's part, with the capability that init hands over. The time is in ns. */
void machine_watchdog_start(l4_cap_t watchdog, l4_word_t time);
void machine_watchdog_feed(l4_cap_t watchdog);
