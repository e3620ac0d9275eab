/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/test.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <l4/output.h>

#define LINE_SIZE 320

extern const struct l4_test __l4_tests_start[], __l4_tests_end[];

static jmp_buf case_end;
static const struct l4_test *current;

__attribute__((weak)) void l4_test_setup(void)
{
}

__attribute__((weak)) void l4_test_teardown(void)
{
}

/* One line in one write, so that output of others cannot fall into it. Too long a line is cut. */
__attribute__((format(printf, 2, 0))) static void output_line(const char *head, const char *format, va_list arguments)
{
	char line[LINE_SIZE];
	size_t used = strlcpy(line, head, sizeof(line) - 1);

	if (used < sizeof(line) - 1)
		vsnprintf(line + used, sizeof(line) - 1 - used, format, arguments);
	strcat(line, "\n");
	l4_output_string(line);
}

__attribute__((format(printf, 1, 2))) static void output_format(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	output_line("", format, arguments);
	va_end(arguments);
}

void l4_test_fail(const char *file, int line, const char *format, ...)
{
	char head[LINE_SIZE / 2];
	va_list arguments;

	snprintf(head, sizeof(head), "TEST %s FAIL %s:%d ", current->id, file, line);
	va_start(arguments, format);
	output_line(head, format, arguments);
	va_end(arguments);
	longjmp(case_end, 1);
}

void l4_test_note(const char *format, ...)
{
	char head[LINE_SIZE / 2];
	va_list arguments;

	snprintf(head, sizeof(head), "NOTE %s ", current->id);
	va_start(arguments, format);
	output_line(head, format, arguments);
	va_end(arguments);
}

static bool is_selected(const struct l4_test *test, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strncmp(test->id, argv[i], strlen(argv[i])) == 0)
			return true;
	return argc <= 1;
}

/* Runs `step` of the case; false where it failed. */
static bool run_step(void (*step)(void))
{
	if (setjmp(case_end) != 0)
		return false;
	step();
	return true;
}

/* A case passes when its set-up, itself and its teardown do; the line of a failure is already out. */
static bool run_case(const struct l4_test *test)
{
	bool passed;

	current = test;
	passed = run_step(l4_test_setup) && run_step(test->run);
	passed = run_step(l4_test_teardown) && passed;
	if (passed)
		output_format("TEST %s ok", test->id);
	return passed;
}

int l4_test_run(int argc, char **argv)
{
	int passed = 0, failed = 0;

	for (const struct l4_test *test = __l4_tests_start; test < __l4_tests_end; test++) {
		if (!is_selected(test, argc, argv))
			continue;
		if (run_case(test))
			passed++;
		else
			failed++;
	}
	output_format("SUITE done %d %d", passed, failed);
	return failed;
}
