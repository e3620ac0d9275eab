/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls to slots of the guest's cnode. The argument slot1=echo says that slots 1 and 15 lead to the
 * native program `echo`; all other slots but 0 are empty then.
 */
#include <userland/echo.h>

#include "test.h"

static bool has_slot(void)
{
	return platform.is_bulkhead && platform_argument("slot1");
}

TEST(EXT0102, "a slot that is empty or does not exist is an error, and the guest goes on")
{
	if (!platform.is_bulkhead)
		return;
	static const uint64_t slots[] = {2, 14, 16, 17, 1000, 1UL << 32, UINT64_MAX, 1UL << 63};
	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		EXPECT_TRUE(slot_call(slots[i], 1, 2, 3, 4, 5).error < 0);
}

TEST(EXT0103, "slot 1 reaches the native program, with arguments and results in registers")
{
	if (!has_slot())
		return;
	for (uint64_t i = 0; i < 1000; i++) {
		struct slot_result r = slot_call(1, ECHO_ADD_ONE, 7 * i, 0, 0, 0);
		EXPECT_EQ(0, r.error);
		EXPECT_EQ(7 * i + 1, r.value);
	}
	EXPECT_TRUE(slot_registers_survive());
}

TEST(EXT0104, "the program knows the caller by the slot's badge, whatever the guest puts into registers")
{
	if (!has_slot())
		return;
	struct slot_result r = slot_call(1, ECHO_BADGE, 77, 77, 77, 77);
	EXPECT_EQ(0, r.error);
	EXPECT_EQ(1, r.value);
	r = slot_call(15, ECHO_BADGE, 77, 77, 77, 77);
	EXPECT_EQ(0, r.error);
	EXPECT_EQ(2, r.value);
}
