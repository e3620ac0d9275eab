/* SPDX-License-Identifier: BSD-2-Clause */
/* The counter that user code may read: the time-stamp counter stands for all three. */
#pragma once

#include <stdint.h>

static inline uint64_t l4_arch_time(void)
{
	uint32_t low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static inline uint64_t l4_arch_cycles(void)
{
	return l4_arch_time();
}

/* Instructions, on an emulator whose clock counts them. */
static inline uint64_t l4_arch_instructions(void)
{
	return l4_arch_time();
}
