/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which queue a domain's timers are in: its own, so that nobody else's cost it anything.
 * A header of its own, for a test has another (tests/variants/shared_timers/).
 */
#pragma once

#include <kernel/sched.h>

static inline struct time_queue *domain_timers(struct domain *domain)
{
	return &domain->timers;
}
