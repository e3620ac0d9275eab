/* SPDX-License-Identifier: BSD-2-Clause */
#include "tsc.h"

uint64_t tsc_read(void)
{
	uint32_t low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}
