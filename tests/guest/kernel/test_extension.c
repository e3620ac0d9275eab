/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bulkhead's own SBI extension: hypercalls to slots of the guest's cnode. The argument slot1=echo says that slot 1 leads to the native
 * program `echo`; all other slots but 0 are empty then.
 */
#include <userland/echo.h>

#include "test.h"

static bool has_slot(void)
{
	return platform.is_bulkhead && platform_argument("slot1");
}

TEST(EXT0101, "BASE finds the extension")
{
	if (!platform.is_bulkhead)
		return;
	EXPECT_TRUE(sbi_call(SBI_BASE, 3, SBI_BULKHEAD, 0, 0).value != 0);
}

TEST(EXT0102, "a slot that is empty or does not exist is an error, and the guest goes on")
{
	if (!platform.is_bulkhead)
		return;
	static const uint64_t slots[] = {2, 15, 16, 17, 1000, 1UL << 32, UINT64_MAX, 1UL << 63};
	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		EXPECT_TRUE(sbi_call(SBI_BULKHEAD, slots[i], 1, 2, 3).error < 0);
}

TEST(EXT0103, "slot 1 reaches the native program, with arguments and results in registers")
{
	if (!has_slot())
		return;
	for (uint64_t i = 0; i < 1000; i++) {
		struct sbi_result r = sbi_call(SBI_BULKHEAD, 1, ECHO_ADD_ONE, 7 * i, 0);
		EXPECT_EQ(0, r.error);
		EXPECT_EQ(7 * i + 1, r.value);
	}
	EXPECT_TRUE(registers_survive(SBI_BULKHEAD, 1));
}

TEST(EXT0104, "the program knows the caller by the slot's badge, whatever the guest puts into registers")
{
	if (!has_slot())
		return;
	struct sbi_result r = sbi_call6(SBI_BULKHEAD, 1, ECHO_BADGE, 77, 77, 77, 77, 77);
	EXPECT_EQ(0, r.error);
	EXPECT_EQ(1, r.value);
}
