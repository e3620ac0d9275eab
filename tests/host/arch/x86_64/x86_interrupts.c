/* SPDX-License-Identifier: BSD-2-Clause */
/* Which interrupts reach the kernel, and what stays in service at a local APIC that ends the highest. */
#include <host_test.h>
#include <string.h>

#include <acpi.h>
#include <apic.h>
#include <interrupts.h>
#include <ioapic.h>
#include <kernel/arch.h>
#include <kernel/device.h>
#include <kernel/print.h>
#include <pic.h>
#include <timer.h>

enum { GSIS = 24, NOBODYS = VECTOR_LEGACY + 5 };

static bool in_service[VECTORS];
static word_t taken[VECTORS / 64];
static unsigned int timer_interrupts, delivered[LINES_MAX + 1];
static unsigned int sent_to_self;
static struct input {
	bool is_level;
	bool is_low;
	bool masked;
} inputs[GSIS];

uint32_t apic_read(enum apic_register number)
{
	(void)number;
	return 0;
}

void apic_write(enum apic_register number, uint32_t value)
{
	(void)value;
	if (number != APIC_EOI)
		return;
	for (unsigned int vector = VECTORS; vector--;) {
		if (in_service[vector]) {
			in_service[vector] = false;
			return;
		}
	}
}

bool apic_is_in_service(unsigned vector)
{
	return in_service[vector];
}

void apic_interrupt_self(unsigned vector)
{
	sent_to_self = vector;
}

void apic_boot(void)
{
}

uint32_t apic_id(void)
{
	return 0;
}

void pic_boot(void)
{
}

uint32_t ioapic_boot(const struct acpi *acpi)
{
	(void)acpi;
	return GSIS;
}

bool ioapic_exists(uint32_t gsi)
{
	return gsi < GSIS;
}

void ioapic_route(uint32_t gsi, uint32_t id, unsigned vector, bool is_level, bool is_low)
{
	EXPECT_EQ(0, id);
	EXPECT_EQ(VECTOR_LINE(gsi), vector);
	inputs[gsi] = (struct input){is_level, is_low, true};
}

void ioapic_mask(uint32_t gsi, bool mask)
{
	inputs[gsi].masked = mask;
}

void print_text(const char *text)
{
	(void)text;
}

void print_decimal(word_t number)
{
	(void)number;
}

void timer_interrupt(void)
{
	timer_interrupts++;
}

void irq_deliver(unsigned line)
{
	delivered[line]++;
}

static struct boot_platform platform;

/* Of ISA's wires the MADT says that the clock's arrives elsewhere, as on every PC, and that two are levels, of which one arrives among PCI's. */
enum { CLOCK = 2, ISA_HIGH = 9, ISA_LOW = 11, ISA_LOW_GSI = 20 };

static void reset(void)
{
	struct acpi acpi = {0};
	for (uint32_t i = 0; i < ISA_LINES; i++)
		acpi.isa[i].gsi = i;
	acpi.isa[0].gsi = CLOCK;
	acpi.isa[ISA_HIGH].is_level = true;
	acpi.isa[ISA_LOW] = (struct acpi_isa_line){.gsi = ISA_LOW_GSI, .is_level = true, .is_low = true};
	interrupts_boot(&platform, &acpi);
	for (unsigned int line = 1; line <= platform.irq_lines; line++) {
		arch_irq_mask(line);
		arch_irq_complete(line);
	}
	memset(in_service, 0, sizeof(in_service));
	memset(delivered, 0, sizeof(delivered));
	timer_interrupts = sent_to_self = 0;
}

static void take(unsigned int vector)
{
	in_service[vector] = true;
	taken[vector / 64] |= 1UL << vector % 64;
}

static void expect_all_ended(void)
{
	for (unsigned int vector = 0; vector < VECTORS; vector++)
		EXPECT_TRUE(!in_service[vector]);
	for (unsigned int i = 0; i < VECTORS / 64; i++)
		EXPECT_EQ(0, taken[i]);
}

TEST(XINT0001, "a vector that is nobody's, taken on top of the timer's, is ended, and so is the timer's")
{
	reset();
	take(VECTOR_TIMER);
	take(NOBODYS);
	interrupts_dispatch_taken(taken);
	EXPECT_EQ(1, timer_interrupts);
	expect_all_ended();
}

TEST(XINT0002, "a spurious interrupt, which is not in service, ends nobody's")
{
	reset();
	in_service[VECTOR_TIMER] = true; /* taken before, and not dispatched */
	taken[VECTOR_SPURIOUS / 64] |= 1UL << VECTOR_SPURIOUS % 64;
	interrupts_dispatch_taken(taken);
	EXPECT_TRUE(in_service[VECTOR_TIMER]);
	EXPECT_EQ(0, timer_interrupts);
}

TEST(XINT0003, "whatever is taken on top of whatever: each reaches its line, and all are ended")
{
	for (unsigned int round = 0; round < 20000; round++) {
		unsigned int lines = 0, timers = 0, all = 0;
		reset();
		for (unsigned int line = 1; line <= platform.irq_lines; line++)
			arch_irq_unmask(line);
		for (unsigned int vector = VECTOR_TIMER; vector < VECTORS; vector++) {
			if (host_random() % 32)
				continue;
			take(vector);
			timers += vector == VECTOR_TIMER;
			lines += vector > VECTOR_TIMER && vector <= VECTOR_LINE(platform.irq_lines);
		}
		interrupts_dispatch_taken(taken);
		expect_all_ended();
		for (unsigned int line = 1; line <= LINES_MAX; line++) {
			EXPECT_TRUE(delivered[line] <= 1);
			all += delivered[line];
		}
		EXPECT_EQ(timers, timer_interrupts);
		EXPECT_EQ(lines, all);
	}
}

TEST(XINT0004, "a message that comes before the last is completed is raised again at the completion")
{
	unsigned int line;
	reset();
	line = platform.first_message_line;
	arch_irq_unmask(line);
	for (unsigned int i = 0; i < 3; i++) {
		take(VECTOR_LINE(line));
		interrupts_dispatch_taken(taken);
	}
	EXPECT_EQ(1, delivered[line]);
	expect_all_ended();
	arch_irq_complete(line);
	EXPECT_EQ(VECTOR_LINE(line), sent_to_self);
}

static void interrupt(unsigned int line)
{
	take(VECTOR_LINE(line));
	interrupts_dispatch_taken(taken);
	expect_all_ended();
}

TEST(XINT0005, "one message that comes while a line is held is raised when it is unmasked, and none when it is masked first")
{
	unsigned int line;
	reset();
	line = platform.first_message_line;
	arch_irq_unmask(line);
	arch_irq_hold(line);
	interrupt(line);
	interrupt(line);
	EXPECT_EQ(0, delivered[line]);
	EXPECT_EQ(0, sent_to_self);
	arch_irq_unmask(line);
	EXPECT_EQ(VECTOR_LINE(line), sent_to_self);
	interrupt(line);
	EXPECT_EQ(1, delivered[line]);
	sent_to_self = 0;
	arch_irq_hold(line);
	interrupt(line);
	arch_irq_complete(line); /* it may be acknowledged meanwhile */
	EXPECT_EQ(0, sent_to_self);
	arch_irq_unmask(line);
	EXPECT_EQ(VECTOR_LINE(line), sent_to_self);
	sent_to_self = 0;
	arch_irq_hold(line);
	interrupt(line);
	arch_irq_mask(line);
	arch_irq_unmask(line);
	EXPECT_EQ(0, sent_to_self);
}

TEST(XINT0006, "ISA's wires are levels, active high, but the clock's, which is an edge, and those of which the MADT says otherwise; others are PCI's")
{
	reset();
	for (unsigned int line = 1; line < GSIS; line++) {
		bool is_pci = line >= ISA_LINES || line == ISA_LOW;
		EXPECT_EQ(line != CLOCK, inputs[line].is_level);
		EXPECT_EQ(is_pci, inputs[line].is_low);
		EXPECT_TRUE(inputs[line].masked);
	}
}

TEST(XINT0007, "a wire is masked as soon as it is held, and what comes nevertheless is not delivered")
{
	reset();
	for (unsigned int line = 1; line < GSIS; line++) {
		arch_irq_unmask(line);
		EXPECT_TRUE(!inputs[line].masked);
		arch_irq_hold(line);
		EXPECT_TRUE(inputs[line].masked);
		interrupt(line); /* it was on its way */
		EXPECT_TRUE(inputs[line].masked);
		EXPECT_EQ(0, delivered[line]);
		arch_irq_unmask(line);
		EXPECT_TRUE(!inputs[line].masked);
	}
}

TEST(XINT0008, "a level is masked from its interrupt until it is completed and its window is there, and needs no other interrupt than its own")
{
	reset();
	for (unsigned int line = CLOCK + 1; line < GSIS; line++) {
		arch_irq_unmask(line);
		interrupt(line);
		EXPECT_EQ(1, delivered[line]);
		EXPECT_TRUE(inputs[line].masked);
		interrupt(line); /* some I/O APICs send one twice */
		EXPECT_EQ(1, delivered[line]);
		arch_irq_hold(line);
		arch_irq_unmask(line);
		EXPECT_TRUE(inputs[line].masked);
		arch_irq_hold(line);
		arch_irq_complete(line);
		EXPECT_TRUE(inputs[line].masked);
		arch_irq_unmask(line);
		EXPECT_TRUE(!inputs[line].masked);
		arch_irq_mask(line);
		EXPECT_TRUE(inputs[line].masked);
		EXPECT_EQ(0, sent_to_self);
	}
}

TEST(XINT0009, "an edge is heard while the last one is handled, once; and is raised once when it is let through again, whether one has come or not")
{
	reset();
	arch_irq_unmask(CLOCK);
	EXPECT_EQ(0, sent_to_self);
	interrupt(CLOCK);
	EXPECT_EQ(1, delivered[CLOCK]);
	EXPECT_TRUE(!inputs[CLOCK].masked);
	interrupt(CLOCK);
	EXPECT_EQ(1, delivered[CLOCK]);
	EXPECT_TRUE(inputs[CLOCK].masked);
	arch_irq_complete(CLOCK);
	EXPECT_EQ(VECTOR_LINE(CLOCK), sent_to_self);
	EXPECT_TRUE(!inputs[CLOCK].masked);
	interrupt(CLOCK);
	EXPECT_EQ(2, delivered[CLOCK]);
	sent_to_self = 0;
	arch_irq_hold(CLOCK);
	arch_irq_complete(CLOCK);
	EXPECT_EQ(0, sent_to_self);
	EXPECT_TRUE(inputs[CLOCK].masked);
	arch_irq_unmask(CLOCK);
	EXPECT_EQ(VECTOR_LINE(CLOCK), sent_to_self);
	sent_to_self = 0;
	arch_irq_hold(CLOCK);
	arch_irq_mask(CLOCK);
	arch_irq_unmask(CLOCK);
	EXPECT_EQ(0, sent_to_self);
}
