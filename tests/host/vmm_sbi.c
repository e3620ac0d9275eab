/* SPDX-License-Identifier: BSD-2-Clause */
#include <fences.h>
#include <host_test.h>
#include <sbi.h>

#include <string.h>

#include "vmm_stubs.h"

enum { BASE = 0x10, TIME = 0x54494d45, IPI = 0x735049, RFENCE = 0x52464e43, HSM = 0x48534d, SRST = 0x53525354, DBCN = 0x4442434e };
enum { SUCCESS = 0, FAILED = -1, NOT_SUPPORTED = -2, INVALID_PARAM = -3, ALREADY_AVAILABLE = -6 };
enum { SOFTWARE = 2 };

static uint64_t value; /* the last call's a1 */
static unsigned int instruction_fences, translation_fences;

void guest_fence_instructions(void)
{
	instruction_fences++;
}

void guest_fence_translations(void)
{
	translation_fences++;
}

static int64_t call(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1, uint64_t a2)
{
	uint64_t a[SBI_REGISTERS] = {a0, a1, a2, 0, 0, 0, function, extension};

	sbi_call(a);
	value = a[1];
	return (int64_t)a[0];
}

/* How a call that does not come back ended the guest. */
static enum stub_end ending_call(uint64_t extension, uint64_t type, uint64_t reason)
{
	stubs.end = STUB_RUNNING;
	if (!setjmp(stubs.ended))
		call(extension, 0, type, reason, 0);
	return stubs.end;
}

TEST(VSB0101, "resets end the guest as their type and reason say")
{
	stubs_reset();
	sbi_set_warm_reset_is_panic(false);
	EXPECT_EQ(STUB_OFF, ending_call(SRST, 0, 0));
	EXPECT_EQ(STUB_REBOOT, ending_call(SRST, 1, 0));
	EXPECT_EQ(STUB_REBOOT, ending_call(SRST, 2, 0));
	EXPECT_EQ(STUB_FAILED, ending_call(SRST, 0, 1));
	EXPECT_EQ(STUB_FAILED, ending_call(SRST, 1, 1));
	EXPECT_EQ(STUB_OFF, ending_call(8, 0, 0));
	sbi_set_warm_reset_is_panic(true);
	EXPECT_EQ(STUB_REBOOT, ending_call(SRST, 1, 0));
	EXPECT_EQ(STUB_FAILED, ending_call(SRST, 2, 0));
	sbi_set_warm_reset_is_panic(false);
	EXPECT_EQ(INVALID_PARAM, call(SRST, 0, 3, 0, 0));
	EXPECT_EQ(INVALID_PARAM, call(SRST, 0, 0, 2, 0));
	EXPECT_EQ(NOT_SUPPORTED, call(SRST, 1, 0, 0, 0));
}

TEST(VSB0102, "DBCN moves bytes between guest memory and terminal, bounded by both")
{
	stubs_reset();
	memcpy(stubs.memory + STUB_MEMORY_SIZE - 4, "abcd", 4);
	EXPECT_EQ(SUCCESS, call(DBCN, 0, 4, STUB_MEMORY_BASE + STUB_MEMORY_SIZE - 4, 0));
	EXPECT_EQ(4, value);
	EXPECT_EQ(0, memcmp(stubs.output, "abcd", 4));
	stubs.output_room = 2;
	EXPECT_EQ(SUCCESS, call(DBCN, 0, 4, STUB_MEMORY_BASE, 0));
	EXPECT_EQ(2, value);
	EXPECT_EQ(SUCCESS, call(DBCN, 0, 4, STUB_MEMORY_BASE, 0));
	EXPECT_EQ(0, value);
	EXPECT_EQ(FAILED, call(DBCN, 2, 'x', 0, 0));
	stubs.input = "wxyz";
	EXPECT_EQ(SUCCESS, call(DBCN, 1, 3, STUB_MEMORY_BASE, 0));
	EXPECT_EQ(3, value);
	EXPECT_EQ(0, memcmp(stubs.memory, "wxy", 3));
	EXPECT_EQ(SUCCESS, call(DBCN, 1, 3, STUB_MEMORY_BASE, 0));
	EXPECT_EQ(1, value);
}

TEST(VSB0103, "DBCN refuses every range that leaves guest memory")
{
	stubs_reset();
	static const uint64_t addresses[] = {0, STUB_MEMORY_BASE - 1, STUB_MEMORY_BASE + STUB_MEMORY_SIZE - 3, STUB_MEMORY_BASE + STUB_MEMORY_SIZE, UINT64_MAX,
					     UINT64_MAX - 3, 1UL << 63};
	for (unsigned int function = 0; function < 2; function++) {
		for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
			EXPECT_EQ(INVALID_PARAM, call(DBCN, function, 4, addresses[i], 0));
		EXPECT_EQ(INVALID_PARAM, call(DBCN, function, STUB_MEMORY_SIZE + 1, STUB_MEMORY_BASE, 0));
		EXPECT_EQ(INVALID_PARAM, call(DBCN, function, UINT64_MAX, STUB_MEMORY_BASE + 1, 0));
		EXPECT_EQ(INVALID_PARAM, call(DBCN, function, 4, STUB_MEMORY_BASE, 1));
	}
	EXPECT_EQ(0, stubs.output_length);
}

TEST(VSB0104, "hart masks name hart 0, everyone or nobody; all else does not exist")
{
	stubs_reset();
	EXPECT_EQ(SUCCESS, call(IPI, 0, 0, 5, 0));
	EXPECT_TRUE(!stubs.line[SOFTWARE]);
	EXPECT_EQ(INVALID_PARAM, call(IPI, 0, 2, 0, 0));
	EXPECT_EQ(INVALID_PARAM, call(IPI, 0, 1, 1, 0));
	EXPECT_EQ(INVALID_PARAM, call(IPI, 0, UINT64_MAX, 0, 0));
	EXPECT_TRUE(!stubs.line[SOFTWARE]);
	EXPECT_EQ(SUCCESS, call(IPI, 0, 1, 0, 0));
	EXPECT_TRUE(stubs.line[SOFTWARE]);
	EXPECT_EQ(SUCCESS, call(IPI, 0, 0, UINT64_MAX, 0));
	EXPECT_EQ(SUCCESS, call(RFENCE, 0, 1, 0, 0));
	EXPECT_EQ(1, instruction_fences);
	EXPECT_EQ(0, translation_fences);
	EXPECT_EQ(SUCCESS, call(RFENCE, 1, 1, 0, 0));
	EXPECT_EQ(SUCCESS, call(RFENCE, 2, 0, UINT64_MAX, 0));
	EXPECT_EQ(2, translation_fences);
	EXPECT_EQ(INVALID_PARAM, call(RFENCE, 1, 4, 0, 0));
	EXPECT_EQ(NOT_SUPPORTED, call(RFENCE, 3, 1, 0, 0));
}

TEST(VSB0105, "the timer takes any deadline, by either call")
{
	stubs_reset();
	EXPECT_EQ(SUCCESS, call(TIME, 0, 12345, 0, 0));
	EXPECT_EQ(12345, stubs.timer);
	EXPECT_EQ(SUCCESS, call(0, 0, 777, 0x55, 0));
	EXPECT_EQ(777, stubs.timer);
	EXPECT_EQ(0x55, value); /* a legacy call leaves a1 */
}

TEST(VSB0106, "legacy console calls")
{
	stubs_reset();
	EXPECT_EQ(SUCCESS, call(1, 0, 'c', 0, 0));
	EXPECT_EQ('c', stubs.output[0]);
	EXPECT_EQ(-1, call(2, 0, 0, 0, 0));
	stubs.input = "\xff";
	EXPECT_EQ(0xff, call(2, 0, 0, 0, 0));
	EXPECT_EQ(NOT_SUPPORTED, call(4, 0, 0, 0, 0));
	EXPECT_EQ(NOT_SUPPORTED, call(9, 0, 0, 0, 0));
}

/* No call may touch a byte outside guest memory (the sanitizers watch) or end the guest but by the calls that say so. */
TEST(VSB0107, "random calls with half-sensible arguments do no harm")
{
	static const uint64_t extensions[] = {0, 1, 2, 3, 4, 5, 6, 7, BASE, TIME, IPI, RFENCE, HSM, DBCN, 0x12345678};

	stubs_reset();
	for (unsigned int i = 0; i < 300000; i++) {
		uint64_t r = host_random();
		uint64_t address = STUB_MEMORY_BASE + host_random() % (STUB_MEMORY_SIZE + 32) - 16;
		stubs.output_length = 0;
		stubs.output_room = r >> 40 & 31;
		stubs.input = r >> 50 & 1 ? "some input" : "";
		call(extensions[r % (sizeof(extensions) / sizeof(extensions[0]))], r >> 8 & 7, host_random() >> (r >> 16 & 63), address, 0);
	}
	EXPECT_EQ(STUB_RUNNING, stubs.end);
}
