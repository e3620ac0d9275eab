/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The framework of the tests that run on the target.
 *
 *   TEST(IPC0001, "a call carries eight words") { ...; EXPECT_STATUS(L4_OK, l4_...); EXPECT_EQ(1, words); }
 *
 * Each case is a function. The first expectation that does not hold ends the case. The runner prints one line for each case,
 * `TEST <ID> ok` or `TEST <ID> FAIL file:line text`, and `SUITE done <passed> <failed>` at the end. A program's arguments select cases:
 * each is an ID or the beginning of some.
 *
 * The section .l4tests of the program's file holds the records ID 0 meaning 0, for tools that must know the cases without running them.
 */
#pragma once

#include <stddef.h>

#include <l4/debug.h>

struct l4_test {
	const char *id;
	const char *meaning;
	void (*run)(void);
};

#define TEST(ID, MEANING) \
	static void test_##ID(void); \
	__attribute__((used, no_reorder, section(".l4tests"), aligned(1))) static const char test_record_##ID[] = #ID "\0" MEANING; \
	__attribute__((used, no_reorder, section(".l4tests.table"), aligned(sizeof(void *)))) static const struct l4_test test_entry_##ID = {#ID, MEANING, test_##ID}; \
	static void test_##ID(void)

/* Runs the cases that the arguments select, or all, and prints the lines. Gives the number of cases that failed. */
int l4_test_run(int argc, char **argv);

/* Called before and after each case, also a failed one; a suite may define its own, to make and to destroy what all its cases need. */
void l4_test_setup(void);
void l4_test_teardown(void);

/* Ends the case that runs. Only in the thread that runs the cases: other threads report to it. */
__attribute__((noreturn, format(printf, 3, 4))) void l4_test_fail(const char *file, int line, const char *format, ...);

/* Prints a line of the case's own (a figure, a count) as `NOTE <ID> text`. */
__attribute__((format(printf, 1, 2))) void l4_test_note(const char *format, ...);

#define EXPECT_TRUE(condition) \
	do { \
		if (!(condition)) \
			l4_test_fail(__FILE__, __LINE__, "not so: %s", #condition); \
	} while (0)

#define EXPECT_EQ(expected, actual) \
	do { \
		l4_word_t l4_expected_ = (l4_word_t)(expected), l4_actual_ = (l4_word_t)(actual); \
		if (l4_expected_ != l4_actual_) \
			l4_test_fail(__FILE__, __LINE__, "%s is %#lx, expected %s (%#lx)", #actual, (unsigned long)l4_actual_, #expected, \
				     (unsigned long)l4_expected_); \
	} while (0)

#define EXPECT_STATUS(expected, operation) \
	do { \
		l4_status_t l4_expected_ = (expected), l4_actual_ = (operation); \
		if (l4_expected_ != l4_actual_) \
			l4_test_fail(__FILE__, __LINE__, "%s gives %s, expected %s", #operation, l4_error_name(l4_actual_), \
				     l4_error_name(l4_expected_)); \
	} while (0)

#define EXPECT_OK(operation) EXPECT_STATUS(L4_OK, operation)
