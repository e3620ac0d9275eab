/* SPDX-License-Identifier: BSD-2-Clause */
#include <host_test.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

/* By the linker: the bounds of the section host_tests. */
extern const struct host_test *const __start_host_tests[], *const __stop_host_tests[];

static jmp_buf case_end;
static const struct host_test *current;
static uint64_t random_state;

void host_test_fail(const char *file, int line, const char *format, ...)
{
	va_list arguments;

	printf("TEST %s FAIL %s:%d ", current->id, file, line);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	longjmp(case_end, 1);
}

/* xorshift64* (Vigna, 2016). */
uint64_t host_random(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1dUL;
}

static bool run_case(const struct host_test *test)
{
	current = test;
	random_state = 0x9e3779b97f4a7c15UL;
	if (setjmp(case_end) != 0)
		return false;
	test->run();
	printf("TEST %s ok\n", test->id);
	return true;
}

int main(void)
{
	int passed = 0, failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (const struct host_test *const *test = __start_host_tests; test < __stop_host_tests; test++) {
		if (run_case(*test))
			passed++;
		else
			failed++;
	}
	printf("SUITE done %d %d\n", passed, failed);
	return failed != 0;
}
