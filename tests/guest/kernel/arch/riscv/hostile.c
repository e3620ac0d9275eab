/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

#define ECHO_SLOT 1

void timer_set(uint64_t deadline)
{
	sbi_call(SBI_TIME, 0, deadline, 0, 0);
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

static void call(uint64_t extension, uint64_t function)
{
	/* What slot 1 does is asked for, not a surprise. */
	if (extension == SBI_BULKHEAD && function == ECHO_SLOT)
		function = 0;
	/* Real memory at its very end only, so that the console's writes say little. */
	uint64_t address = random_word() % 2 ? random_word() : platform.memory_base + platform.memory_size - random_word() % 64;
	sbi_call6(extension, function, random_word() >> random_word() % 64, address, random_word() % 3, random_word(), random_word(), random_word());
}

void firmware_wild(void)
{
	static const uint64_t extensions[] = {0, 1, 2, 3, 4, 5, 6, 7, SBI_BASE, SBI_TIME, SBI_IPI, SBI_RFENCE, SBI_HSM, SBI_DBCN, SBI_BULKHEAD, 0x504d55, ~0UL};
	call(extensions[random_word() % (sizeof(extensions) / sizeof(extensions[0]))], random_word() % 4 ? random_word() % 8 : random_word());
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

uint64_t wild_address(void)
{
	return (random_word() >> random_word() % 32 & ~1UL) | 1UL << 40;
}

const struct action arch_modes[] = {
	{"faults", fault_storm}, {"devices", device_storm}, {"tables", nonsense_tables}, {"vector", nonsense_vector}, {0},
};
