/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters that user code may read. */
#pragma once

#include <stdint.h>

static inline uint64_t l4_arch_time(void)
{
	uint64_t value;
	__asm__ volatile("rdtime %0" : "=r"(value));
	return value;
}

static inline uint64_t l4_arch_cycles(void)
{
	uint64_t value;
	__asm__ volatile("rdcycle %0" : "=r"(value));
	return value;
}

/* Instructions retired by this hart, in all modes. */
static inline uint64_t l4_arch_instructions(void)
{
	uint64_t value;
	__asm__ volatile("rdinstret %0" : "=r"(value));
	return value;
}
