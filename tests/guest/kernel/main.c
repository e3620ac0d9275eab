/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arguments, from the command line:
 *   mode=NAME   a hostile guest (hostile.c) or `bench` instead of the tests
 *   run=PREFIX  only the tests whose ID begins so
 *   slot1=echo  the guest's slot 1 leads to the native program `echo`
 */
#include "test.h"

static struct {
	const char *id;
	bool failed;
} current;

void test_fail(const char *file, int line, const char *what, uint64_t got, uint64_t expected)
{
	print("TEST %s FAIL %s:%lu %s is 0x%lx, expected 0x%lx\n", current.id, file, (uint64_t)line, what, got, expected);
	current.failed = true;
}

static bool chosen(const char *id, const char *prefix)
{
	while (prefix && *prefix && *prefix != ' ' && *id == *prefix)
		id++, prefix++;
	return !prefix || !*prefix || *prefix == ' ';
}

static void run_one(const struct test *test)
{
	current.id = test->id;
	current.failed = false;
	test_prepare();
	test->run();
	test_clean();
	if (!current.failed)
		print("TEST %s ok\n", test->id);
}

unsigned int tests_run(const char *prefix)
{
	extern const struct test tests_begin[], tests_end[];
	uint64_t passed = 0, failed = 0;
	for (const struct test *test = tests_begin; test < tests_end; test++) {
		if (!chosen(test->id, prefix))
			continue;
		run_one(test);
		*(current.failed ? &failed : &passed) += 1;
	}
	print("SUITE done %lu %lu\n", passed, failed);
	return failed;
}

void kernel_run(void)
{
	print("test kernel: %lu MiB, arguments: %s\n", platform.memory_size >> 20, platform.arguments);
	if (platform_argument_is("mode", "bench"))
		bench_run();
	else if (platform_argument("mode"))
		hostile_run();
	else if (tests_run(platform_argument("run")))
		machine_failed();
	machine_off();
}
