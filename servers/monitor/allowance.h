/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who pays for what the monitor does at a program's request. The monitor runs on its own time, so a program that asked without end would use up
 * the time in which others' faults are to be heard. Therefore each program has a share of the monitor's budget, so small that all together leave
 * some. The monitor accounts the time that each costs, and one that has used up its share loses its capability to the monitor until that has been
 * paid: what it does meanwhile, by calls or sends or with many threads, costs nobody but itself. A program above the monitor is not held to it: it
 * runs before the monitor in any case, and is critical by its description.
 *
 * Where the monitor hears of used-up budgets, a program pays for that in the same way, be it above the monitor or not; and while it pays, the kernel has it wait for its next
 * budget without telling.
 */
#pragma once

#include "monitor.h"

/*
 * So many messages are never too many: a host that stops an emulated machine for a while makes any of them look dear. One that has a partition
 * taken down or built counts as all of them.
 */
#define ALLOWANCE_MESSAGES 16

/*
 * A message has come. What the monitor uses from now on is for the partition's program (null: for nobody's); what it used until now is charged to
 * the last one.
 */
void allowance_begin(struct part *part);

/* Those that have paid get their capabilities back. */
void allowance_refill(void);

/* The program is heard again, whatever it owes. */
void allowance_forgive(struct part *part);

/* When the next will have, in ticks; 0: nobody has to pay. */
l4_word_t allowance_next(void);
