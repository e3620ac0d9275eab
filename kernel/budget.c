/* SPDX-License-Identifier: BSD-2-Clause */
/* The budget check, alone in its file so that a test can leave it out and see what then breaks. */
#include <kernel/sched.h>

ticks_t budget_left(const struct sched_context *sc, ticks_t now)
{
	if (sc->budget == sc->period)
		return TICKS_NEVER;
	const struct refill *first = &sc->refills[sc->first];
	if (first->when > now)
		return 0;
	return first->amount;
}
