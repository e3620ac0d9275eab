/* SPDX-License-Identifier: BSD-2-Clause */
/* How much a device may do in one call: a driver that always has more for it must let the VMM do other things in between. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * May the call go on, with `*budget` left? False: it has done enough, and a terminal event comes soon for the rest. Where none can come, nobody waits for the VMM but the
 * guest itself: then the budget becomes endless.
 */
bool budget_allows(uint32_t *budget);

static inline void budget_take(uint32_t *budget, uint32_t amount)
{
	*budget -= amount < *budget ? amount : *budget;
}
