/* SPDX-License-Identifier: BSD-2-Clause */
/* A kernel in which all domains' timers are in one queue (kernel/domain_timers.h): the test of strict windows must fail with it. */
#pragma once

#include <kernel/sched.h>

static inline struct time_queue *domain_timers(struct domain *domain)
{
	(void)domain;
	return &boot_domain.timers;
}
