/* SPDX-License-Identifier: BSD-2-Clause */
/* Cases, in the protocol of tests/harness/protocol.py. */
#pragma once

#include "kernel.h"

struct test {
	const char *id;
	void (*run)(void);
};

#define TEST(ID, MEANING) \
	static void test_##ID(void); \
	__attribute__((used, section(".l4tests"), aligned(1))) static const char test_record_##ID[] = #ID "\0" MEANING; \
	__attribute__((used, section(".tests." #ID))) static const struct test test_entry_##ID = {#ID, test_##ID}; \
	static void test_##ID(void)

void test_fail(const char *file, int line, const char *what, uint64_t got, uint64_t expected);

#define EXPECT_EQ(expected, actual) \
	do { \
		uint64_t expected_ = (uint64_t)(expected), actual_ = (uint64_t)(actual); \
		if (expected_ != actual_) { \
			test_fail(__FILE__, __LINE__, #actual, actual_, expected_); \
			return; \
		} \
	} while (0)

#define EXPECT_TRUE(condition) EXPECT_EQ(1, !!(condition))

#define PATIENCE 30 /* seconds, for what comes at once unless the host is busy */

/* The call ends in this exception. */
#define EXPECT_TRAP(expected_cause, function, a, b) \
	do { \
		EXPECT_EQ(1, trap_try(function, a, b)); \
		EXPECT_EQ(expected_cause, trap_record.cause); \
	} while (0)

/* Runs the cases whose ID begins with `prefix`. Gives the number that failed. */
unsigned int tests_run(const char *prefix);
