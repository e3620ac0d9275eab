/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests that do harm, as the argument mode=NAME says. Those that end by themselves power off (nothing must have come of it);
 * the others go on for ever, or for the seconds that seconds=N says.
 */
#include <userland/echo.h>

#include "kernel.h"

#define ECHO_SLOT 1

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint64_t random_word(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = platform_argument(name);
	uint64_t value = 0;
	for (; text && *text >= '0' && *text <= '9'; text++)
		value = value * 10 + *text - '0';
	return text ? value : otherwise;
}

static uint64_t end_time;

static bool time_is_left(void)
{
	return now() < end_time;
}

/* An endless loop with interrupts off. */
static void spin(void)
{
	while (time_is_left())
		;
}

static void hypercall_flood(void)
{
	while (time_is_left())
		sbi_call(SBI_BASE, 0, 0, 0, 0);
}

static void console_flood(void)
{
	while (time_is_left())
		print("a guest that does nothing but talk, line after line after line after line\n");
}

static void touch(uint64_t address, uint64_t unused)
{
	(void)unused;
	read8(address);
}

static void fault_storm(void)
{
	for (uint64_t i = 0; time_is_left(); i++)
		trap_try(touch, NOTHING_BASE + i % 4096, 0);
}

static void device_storm(void)
{
	while (time_is_left()) {
		write32(0x0c000000 + (random_word() & 0x3ffffc), random_word());
		write8(UART_BASE + 1 + random_word() % 7, random_word());
	}
}

static void wild_call(uint64_t extension, uint64_t function)
{
	/* What slot 1 does is asked for, not a surprise. */
	if (extension == SBI_BULKHEAD && function == ECHO_SLOT)
		function = 0;
	/* Real memory at its very end only, so that the console's writes say little. */
	uint64_t address = random_word() % 2 ? random_word() : platform.memory_base + platform.memory_size - random_word() % 64;
	sbi_call6(extension, function, random_word() >> random_word() % 64, address, random_word() % 3, random_word(), random_word(), random_word());
}

/* Calls with arguments that mean nothing; without those that would end the machine. Other firmware faults on some. */
static void wild_calls(void)
{
	static const uint64_t extensions[] = {0, 1, 2, 3, 4, 5, 6, 7, SBI_BASE, SBI_TIME, SBI_IPI, SBI_RFENCE, SBI_HSM, SBI_DBCN, SBI_BULKHEAD, 0x504d55, ~0UL};
	for (uint64_t left = number("count", 20000); left; left--) {
		uint64_t extension = extensions[random_word() % (sizeof(extensions) / sizeof(extensions[0]))];
		trap_try(wild_call, extension, random_word() % 4 ? random_word() % 8 : random_word());
	}
	sbi_call(SBI_TIME, 0, ~0UL, 0, 0);
	print("wild calls survived\n");
}

static void jump(uint64_t address, uint64_t unused)
{
	(void)unused;
	((void (*)(void))address)();
}

static void wild_jumps(void)
{
	for (uint64_t left = number("count", 20000); left; left--)
		trap_try(jump, (random_word() >> random_word() % 32 & ~1UL) | 1UL << 40, 0);
	print("wild jumps survived\n");
}

/* The next fetch cannot be translated, nor the trap vector: nothing ever runs again here. */
static void nonsense_tables(void)
{
	print("loading nonsense into satp\n");
	csr_write(satp, 8UL << 60 | NOTHING_BASE >> 12);
	__asm__ volatile("sfence.vma" ::: "memory");
}

/* A trap vector that traps. */
static void nonsense_vector(void)
{
	print("loading nonsense into stvec\n");
	csr_write(stvec, NOTHING_BASE);
	touch(NOTHING_BASE, 0);
}

#define CALLS_WITHOUT_VMM 1000

/* Calls the native program in slot 1 when there is no VMM any more. As no console is left, the program tells the result: it ends the machine. */
static void without_vmm(void)
{
	uint64_t good = 0;
	print("stopping the VMM\n");
	if (sbi_call(SBI_BULKHEAD, ECHO_SLOT, ECHO_STOP_VMM, 0, 0).error == 0) {
		for (uint64_t i = 0; i < CALLS_WITHOUT_VMM; i++) {
			struct sbi_result r = sbi_call(SBI_BULKHEAD, ECHO_SLOT, ECHO_ADD_ONE, i, 0);
			good += r.error == 0 && r.value == i + 1;
		}
	}
	sbi_call(SBI_BULKHEAD, ECHO_SLOT, ECHO_END_TEST, good == CALLS_WITHOUT_VMM ? 0 : 10, 0);
	for (;;)
		wait_for_interrupt();
}

__attribute__((noreturn)) static void system_failure(void)
{
	machine_reset(SBI_SHUTDOWN, 1);
}

static void warm_reboot(void)
{
	machine_reset(SBI_WARM_REBOOT, 0);
}

static void cold_reboot(void)
{
	machine_reset(SBI_COLD_REBOOT, 0);
}

__attribute__((noreturn)) static void power_off(void)
{
	machine_reset(SBI_SHUTDOWN, 0);
}

static const struct {
	const char *name;
	void (*run)(void);
} modes[] = {
	{"spin", spin}, {"hypercalls", hypercall_flood}, {"console", console_flood}, {"faults", fault_storm}, {"devices", device_storm},
	{"calls", wild_calls}, {"jumps", wild_jumps}, {"tables", nonsense_tables}, {"vector", nonsense_vector}, {"without-vmm", without_vmm},
	{"failure", system_failure}, {"warm-reboot", warm_reboot}, {"reboot", cold_reboot}, {"off", power_off},
};

void hostile_run(void)
{
	end_time = platform_argument("seconds") ? now() + number("seconds", 0) * platform.timebase : UINT64_MAX;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!platform_argument_is("mode", modes[i].name))
			continue;
		print("mode %s\n", modes[i].name);
		modes[i].run();
		power_off();
	}
	print("PANIC no such mode\n");
	system_failure();
}
