/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

#define ECHO_SLOT 1
/* Beyond all memory, and not where a device is. */
#define NOTHING 0xd0000000UL

void timer_set(uint64_t deadline)
{
	msr_write(APIC_TIMER, APIC_DEADLINE | VECTOR_FIRST_FREE);
	msr_write(MSR_TSC_DEADLINE, deadline);
}

static void no_instruction(uint64_t a, uint64_t b)
{
	(void)a;
	(void)b;
	__asm__ volatile("ud2");
}

static void fault_storm(void)
{
	while (time_is_left())
		trap_try(no_instruction, 0, 0);
}

/* Those by which the machine would end as it should. */
static bool ends_machine(uint16_t port)
{
	return port == PORT_KEYBOARD || port == PORT_SLEEP || port == PORT_RESET;
}

static void wild_port(void)
{
	static const uint16_t bases[] = {0, 0x60, 0x3f8, 0x600, 0xcf0, 0xcf8, 0xc000, 0xfff0};
	uint16_t port = bases[random_word() % (sizeof(bases) / sizeof(bases[0]))] + random_word() % 16;
	if (random_word() % 2)
		in8(port), in16(port), in32(port);
	else if (port % 4 == 0 && port != PORT_SLEEP && port != PORT_KEYBOARD)
		out32(port, random_word());
	else if (!ends_machine(port))
		out8(port, random_word());
}

static void access_msr(uint64_t number, uint64_t value)
{
	if (value % 4)
		msr_read(number);
	else
		msr_write(number, value);
}

/* Not those by which a kernel keeps itself going. */
static void wild_msr(void)
{
	static const uint32_t bases[] = {0, 0x170, 0x1a0, 0x200, 0x2f0, 0x800, 0x820, 0x830, 0x4b564d00, 0xc0010010};
	uint32_t number = bases[random_word() % (sizeof(bases) / sizeof(bases[0]))] + random_word() % 32;
	trap_try(access_msr, number, random_word() >> random_word() % 64);
}

static void device_storm(void)
{
	while (time_is_left()) {
		wild_port();
		wild_msr();
		cpuid(random_word() % 2 ? random_word() : random_word() % 32 + 0x80000000 * (random_word() % 2), random_word());
	}
}

static void write_control(uint64_t number, uint64_t value)
{
	switch (number) {
	case 0: register_write(cr0, value); break;
	case 4: register_write(cr4, value); break;
	default: register_write(cr8, value); break;
	}
}

static void step_through_priority(uint64_t value, uint64_t unused)
{
	(void)unused;
	__asm__ volatile("pushf\n\torq $0x100, (%%rsp)\n\tpopf\n\tmovq %0, %%cr8\n\tnop" ::"r"(value) : "memory", "cc");
}

/* Of CR0 what a kernel can live without for a moment; of CR4 what nobody has. */
static void wild_control(void)
{
	enum { CR0_HARMLESS = 0x6005002e };
	uint64_t cr0 = register_read(cr0), cr4 = register_read(cr4);
	switch (random_word() % 4) {
	case 0: trap_try(write_control, 0, cr0 ^ (random_word() & CR0_HARMLESS)); break;
	case 1: trap_try(write_control, 4, cr4 | 1UL << (32 + random_word() % 32)); break;
	case 2: trap_try(step_through_priority, random_word() % 16, 0); break;
	default: trap_try(write_control, 8, random_word() % 16); break;
	}
	register_write(cr0, cr0);
}

static void control_storm(void)
{
	while (time_is_left()) {
		msr_write(APIC_SELF, VECTOR_FIRST_FREE + random_word() % (VECTORS - VECTOR_FIRST_FREE));
		wild_control();
		if (random_word() % 2)
			interrupts_on();
		wild_control();
		interrupts_off();
	}
	register_write(cr8, 0);
}

void firmware_wild(void)
{
	uint64_t slot = random_word() % 4 ? random_word() % 20 : random_word();
	/* What slot 1 does is asked for, not a surprise. */
	if (slot == ECHO_SLOT)
		slot = 0;
	uint64_t function = random_word() % 2 ? random_word() % 4 : random_word();
	if (function == HYPERCALL_FAILED)
		function = HYPERCALL_UNKNOWN;
	/* Real memory at its very end only, so that the console's writes say little. */
	uint64_t address = random_word() % 2 ? random_word() : platform.memory_base + platform.memory_size - random_word() % 64;
	hypercall(slot, function, address, random_word() >> random_word() % 64, random_word(), random_word(), random_word());
}

/* Addresses that no page table has, and some that are none. */
uint64_t wild_address(void)
{
	return (random_word() >> random_word() % 32) | 1UL << 40;
}

/* --- Guests that cannot go on --- */

/* A page table that is not in memory. */
static void nonsense_tables(void)
{
	print("loading nonsense into cr3\n");
	register_write(cr3, NOTHING);
}

/* An exception without a handler is one more, and then the processor gives up. */
static void nonsense_vector(void)
{
	static const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) nowhere = {0, 0};
	print("loading nonsense into the IDTR\n");
	__asm__ volatile("lidt %0\n\tud2" ::"m"(nowhere));
}

static void read_nowhere(void)
{
	print("reading where nothing is\n");
	*(volatile uint32_t *)NOTHING;
}

static void string_port(void)
{
	static uint8_t bytes[4];
	void *to = bytes;
	print("string I/O\n");
	__asm__ volatile("insb" : "+D"(to) : "d"(PORT_UART) : "memory");
}

static void sleep_for_ever(void)
{
	print("halting with interrupts off\n");
	__asm__ volatile("cli\n\thlt");
	print("PANIC woke up\n");
}

const struct action arch_modes[] = {
	{"faults", fault_storm}, {"devices", device_storm}, {"control", control_storm}, {"tables", nonsense_tables}, {"vector", nonsense_vector}, {"nowhere", read_nowhere}, {"string", string_port},
	{"sleep", sleep_for_ever}, {0},
};
