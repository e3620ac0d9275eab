/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domains and schedule tables. With a table each partition has a domain of its own, the monitor that of the boot; they belong to the monitor and outlive
 * restarts. Without one all are in the boot domain.
 */
#pragma once

#include "monitor.h"

/* Makes domains and tables, and confines interrupts, before any partition is built. */
l4_status_t schedules_make(void);

/* The processor follows the first table from now on. */
l4_status_t schedules_start(void);

/* What the partition's program may have the processor follow. */
void schedules_give(struct part *part);

/* Lets the processor follow the table from the end of the frame on. */
l4_status_t schedule_follow(unsigned int index);

/*
 * Whether the partition could run at any time from `begin`, in ticks, until now, but for the gaps that its tables have: where there is a table that leaves it out, only if the processor
 * has followed one all the time that does not.
 */
bool schedules_let_run(const struct part *part, l4_word_t begin);

/*
 * The share of the processor that the monitor can count on: `budget` in each `period`, in ns. With tables, and without a budget of its own: its windows in
 * the table that gives it least.
 */
void schedules_own_share(l4_word_t *budget, l4_word_t *period);
