/* SPDX-License-Identifier: BSD-2-Clause */
/* A kernel without the budget check (kernel/budget.c): the jitter test must fail with it. */
#include <kernel/sched.h>

ticks_t budget_left(const struct sched_context *sc, ticks_t now)
{
	(void)sc;
	(void)now;
	return TICKS_NEVER;
}
