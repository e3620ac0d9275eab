/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests that run on the build machine, written like those on the target (l4/test.h) and reported by the same lines. A program is some
 * files of TESTs, the sources under test and runner.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct host_test {
	const char *id;
	const char *meaning;
	void (*run)(void);
};

#define TEST(ID, MEANING) \
	static void test_##ID(void); \
	__attribute__((used, no_reorder, section(".l4tests"), aligned(1))) static const char test_record_##ID[] = #ID "\0" MEANING; \
	static const struct host_test test_case_##ID = {#ID, MEANING, test_##ID}; \
	__attribute__((used, no_reorder, section("host_tests"))) static const struct host_test *const test_entry_##ID = &test_case_##ID; \
	static void test_##ID(void)

/* Ends the case that runs. */
__attribute__((noreturn, format(printf, 3, 4))) void host_test_fail(const char *file, int line, const char *format, ...);

/* Deterministic random numbers, the same sequence in each case. */
uint64_t host_random(void);

#define EXPECT_TRUE(condition) \
	do { \
		if (!(condition)) \
			host_test_fail(__FILE__, __LINE__, "not so: %s", #condition); \
	} while (0)

#define EXPECT_EQ(expected, actual) \
	do { \
		uint64_t host_expected_ = (uint64_t)(expected), host_actual_ = (uint64_t)(actual); \
		if (host_expected_ != host_actual_) \
			host_test_fail(__FILE__, __LINE__, "%s is %#lx, expected %s (%#lx)", #actual, (unsigned long)host_actual_, #expected, \
				       (unsigned long)host_expected_); \
	} while (0)

#define EXPECT_STRING(expected, actual) \
	do { \
		const char *host_expected_ = (expected), *host_actual_ = (actual); \
		if (!host_actual_ || __builtin_strcmp(host_expected_, host_actual_) != 0) \
			host_test_fail(__FILE__, __LINE__, "%s is %s, expected %s", #actual, host_actual_ ? host_actual_ : "null", host_expected_); \
	} while (0)
