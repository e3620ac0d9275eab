/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypercalls that the VMM answers. */
#include "test.h"

enum { INVALID_ADDRESS = -2, NOT_SUPPORTED = -1 };

TEST(HYP0101, "slot 0 tells its version, and what it does not know is an error")
{
	struct hypercall_result r = hypercall(0, HYPERCALL_GET_VERSION, 0, 0, 0, 0, 0);
	EXPECT_EQ(0, r.status);
	EXPECT_EQ(0, r.word[0]);
	EXPECT_EQ(1, r.word[1]);
	r = hypercall(0, 12345, 0, 0, 0, 0, 0);
	EXPECT_EQ(0, r.status);
	EXPECT_EQ(NOT_SUPPORTED, r.word[0]);
}

TEST(HYP0102, "a text outside the guest's memory is refused")
{
	uint64_t end = platform.memory_base + platform.memory_size;
	static const uint64_t lengths[] = {2, 4096, 1UL << 40, UINT64_MAX};
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		EXPECT_EQ(INVALID_ADDRESS, hypercall(0, HYPERCALL_CONSOLE_WRITE, end - 1, lengths[i], 0, 0, 0).word[0]);
	EXPECT_EQ(0, hypercall(0, HYPERCALL_CONSOLE_WRITE, end, 0, 0, 0, 0).word[0]);
}

TEST(HYP0103, "a call leaves all registers but its results as they were")
{
	EXPECT_EQ(0, registers_changed(0, HYPERCALL_GET_VERSION));
	EXPECT_EQ(0, registers_changed(2, 0));
}
