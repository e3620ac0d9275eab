/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arguments, from the device tree's command line:
 *   mode=NAME   a hostile guest (hostile.c) or `bench` instead of the tests
 *   run=PREFIX  only the tests whose ID begins so
 *   slot1=echo  the guest's slot 1 leads to the native program `echo`
 */
#include "test.h"

#define OPENSBI_IMPLEMENTATION 1

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

/* Leaves no test a state that another could stumble over. */
static void run_one(const struct test *test)
{
	current.id = test->id;
	current.failed = false;
	csr_clear(sstatus, SSTATUS_SIE);
	csr_write(sie, 0);
	for (unsigned int irq = 0; irq < IRQS; irq++) {
		trap_on_interrupt(irq, NULL);
		trap_interrupts[irq] = 0;
	}
	test->run();
	csr_clear(sstatus, SSTATUS_SIE);
	csr_write(satp, 0);
	__asm__ volatile("sfence.vma" ::: "memory");
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

void machine_reset(uint64_t type, uint64_t reason)
{
	sbi_call(SBI_SRST, 0, type, reason, 0);
	print("PANIC the machine does not end\n");
	for (;;)
		wait_for_interrupt();
}

void kernel_main(uint64_t hart, const void *devicetree);
void kernel_main(uint64_t hart, const void *devicetree)
{
	platform.scounteren = csr_read(scounteren);
	platform.is_bulkhead = sbi_call(SBI_BASE, 1, 0, 0, 0).value != OPENSBI_IMPLEMENTATION;
	if (hart != 0 || !platform_read(devicetree)) {
		print("PANIC bad boot arguments: hart %lu, device tree at 0x%lx\n", hart, (uint64_t)devicetree);
		machine_reset(SBI_SHUTDOWN, 1);
	}
	print("test kernel: %lu MiB, arguments: %s\n", platform.memory_size >> 20, platform.arguments);
	
	unsigned int failed = 0;
	if (platform_argument_is("mode", "bench"))
		bench_run();
	else if (platform_argument("mode"))
		hostile_run();
	else
		failed = tests_run(platform_argument("run"));
	machine_reset(SBI_SHUTDOWN, failed ? 1 : 0);
}
