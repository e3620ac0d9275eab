/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signs of life of partitions. Each that owes them has a notification of the monitor's, which nobody waits on: a sign sets its bit, and the monitor looks twice in the time that
 * the description gives. So signs, however many, cost the monitor nothing. Two looks that find none, one after the other, are silence: so a partition that gives a sign each time is never
 * taken for silent, and one that stops is found after one and a half times at the latest. Before its first sign since it was built it has a longer time. The next look is so far from the last one: a machine that stood still takes nobody's time;
 * and a look does not count if since the last one a schedule table was followed that leaves the partition out.
 */
#pragma once

#include "monitor.h"

/* Makes the notifications. */
l4_status_t watchdogs_make(void);

/* Gives the program, of a guest its VMM, the capability to signal. */
void watchdog_give(struct part *part);

/* The partition's program starts: its time begins. */
void watchdog_begin(struct part *part);

/* The same for all that run. */
void watchdogs_begin(void);

/* Looks at those that are due. */
void watchdogs_look(void);

/* When that is to be done next, in ticks; 0: never. */
l4_word_t watchdogs_next(void);
