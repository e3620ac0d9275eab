/* SPDX-License-Identifier: BSD-2-Clause */
/* What the control task measures. Times in nanoseconds. */
#pragma once

#include <stdint.h>

struct jitter {
	uint64_t periods;
	uint64_t missed; /* deadlines at which the task had not yet begun when the next one was due */
	uint64_t worst;  /* from deadline to wake-up */
	uint64_t sum;
};

/* Takes one wake-up into account. */
static inline void jitter_add(struct jitter *jitter, uint64_t late, uint64_t period)
{
	jitter->periods += 1 + late / period;
	jitter->missed += late / period;
	jitter->sum += late;
	if (late > jitter->worst)
		jitter->worst = late;
}
