/* SPDX-License-Identifier: BSD-2-Clause */
/* The time-stamp counter, which is the kernel's clock. */
#pragma once

#include <kernel/types.h>

/* Finds out how fast it is: machine.ticks_per_second. */
void tsc_boot(void);

/* Another counter: how it is read, and its bits. Counts up. */
struct tsc_counter {
	uint32_t (*read)(void);
	uint32_t mask;
};

#define TSC_RATE_BITS 24

/* Ticks per count of another counter, in 1 / 2^TSC_RATE_BITS, measured over `counts` of it. Panics if that counter stands still. */
uint64_t tsc_rate(struct tsc_counter counter, uint32_t counts);
