/* SPDX-License-Identifier: BSD-2-Clause */
/* What the guest's memory is. */
#include "test.h"

#define PROBES 4096

extern const char bss_end[];

TEST(MEM0101, "all memory that the machine's description promises is there, to its last byte")
{
	uint64_t end = platform.memory_base + platform.memory_size;
	volatile uint8_t *last = (volatile uint8_t *)(end - 1);
	uint8_t kept = *last;
	*last = (uint8_t)~kept;
	EXPECT_EQ((uint8_t)~kept, *last);
	*last = kept;
}

/* The stack lies in .bss's last part; above it there is nothing of ours until, high in memory, what the boot loader put there. */
TEST(MEM0102, "memory that nothing was loaded into is zero")
{
	if (!platform.is_bulkhead)
		return;
	uint64_t first = ((uint64_t)bss_end + (4UL << 20)) & ~7UL;
	uint64_t last = platform.memory_base + platform.memory_size / 2;
	uint64_t step = ((last - first) / PROBES) & ~7UL;
	for (uint64_t at = first; at < last; at += step)
		EXPECT_EQ(0, *(volatile uint64_t *)at);
}
