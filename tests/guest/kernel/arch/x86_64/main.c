/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"

/* Linux's boot_params, as far as we look. */
enum { MAP_COUNT = 0x1e8, COMMAND_LINE = 0x228, MAP = 0x2d0, MAP_ENTRY = 20, MAP_RAM = 1 };
#define HIGH_MEMORY (1UL << 20)

static uint64_t field(const uint8_t *at, unsigned int bytes)
{
	uint64_t value = 0;
	for (unsigned int i = 0; i < bytes; i++)
		value |= (uint64_t)at[i] << 8 * i;
	return value;
}

static bool platform_read(const uint8_t *params)
{
	for (unsigned int i = 0; i < params[MAP_COUNT]; i++) {
		const uint8_t *entry = params + MAP + i * MAP_ENTRY;
		if (field(entry, 8) != HIGH_MEMORY || field(entry + 16, 4) != MAP_RAM)
			continue;
		platform.memory_base = HIGH_MEMORY;
		platform.memory_size = field(entry + 8, 8);
	}
	platform.timebase = (uint64_t)cpuid(0x40000010, 0).eax * 1000;
	platform.is_bulkhead = cpuid(0x40000100, 0).ebx == 0x6b6c7542; /* "Bulk" */
	platform_set_arguments((const char *)field(params + COMMAND_LINE, 4));
	return platform.memory_size && platform.timebase;
}

/* User mode may go wherever the kernel may, for tests that show what it must not do. */
static void open_page_tables(void)
{
	enum { USER = 4, LARGE = 0x80, ENTRIES = 512 };
	uint64_t *root = (uint64_t *)(register_read(cr3) & ~0xfffUL), *pointers = (uint64_t *)(root[0] & ~0xfffUL);
	root[0] |= USER;
	for (unsigned int i = 0; i < ENTRIES && pointers[i]; i++) {
		uint64_t *directory = (uint64_t *)(pointers[i] & ~0xfffUL);
		pointers[i] |= USER;
		for (unsigned int j = 0; j < ENTRIES; j++)
			directory[j] |= USER;
	}
	register_write(cr3, register_read(cr3));
}

size_t console_write(const char *text, size_t length)
{
	return hypercall(0, HYPERCALL_CONSOLE_WRITE, (uint64_t)text, length, 0, 0, 0).word[1];
}

__attribute__((noreturn)) static void not_ended(void)
{
	print("PANIC the machine does not end\n");
	for (;;)
		wait_for_interrupt();
}

void machine_off(void)
{
	enum { SLEEP_ENABLE = 0x20, SLEEP_TYPE_OFF = 5 << 2 };
	out8(PORT_SLEEP, SLEEP_ENABLE | SLEEP_TYPE_OFF);
	not_ended();
}

void machine_failed(void)
{
	hypercall(0, HYPERCALL_FAILED, 1, 0, 0, 0, 0);
	not_ended();
}

void machine_reboot(bool warm)
{
	/* The BIOS data area's word for it, at an address that the compiler takes for none. */
	uint64_t flag = 0x472;
	__asm__ volatile("movw %w0, (%1)" ::"r"(warm ? 0x1234 : 0), "r"(flag) : "memory");
	out8(PORT_RESET, 6);
	not_ended();
}

void test_prepare(void)
{
	interrupts_off();
	msr_write(APIC_SVR, APIC_SVR_ENABLED);
	msr_write(APIC_TPR, 0);
	msr_write(APIC_TIMER, APIC_MASKED);
	msr_write(APIC_LVT_ERROR, APIC_MASKED);
	for (unsigned int vector = 0; vector < VECTORS; vector++) {
		trap_on_interrupt(vector, NULL);
		trap_interrupts[vector] = 0;
	}
}

/* What is still pending is taken here. */
void test_clean(void)
{
	msr_write(APIC_INITIAL, 0);
	msr_write(APIC_TIMER, APIC_MASKED);
	msr_write(APIC_TPR, 0);
	interrupts_on();
	interrupts_off();
}

struct slot_result slot_call(uint64_t slot, uint64_t operation, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct hypercall_result result = hypercall(slot, operation, a, b, c, d, 0);
	return (struct slot_result){result.status ? result.status : (int64_t)result.word[0], result.word[1]};
}

bool slot_registers_survive(void)
{
	return registers_changed(1, 0) == 0;
}

void kernel_main(const uint8_t *params);
void kernel_main(const uint8_t *params)
{
	trap_setup();
	open_page_tables();
	if (!platform_read(params)) {
		print("PANIC bad boot_params at 0x%lx\n", (uint64_t)params);
		machine_failed();
	}
	kernel_run();
}
