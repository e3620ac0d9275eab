/* SPDX-License-Identifier: BSD-2-Clause */
/* MSI-X of the virtio console: a vector's message goes where its entry says at that time, and waits while entry or function are masked. */
#include "test.h"
#include "virtio.h"

enum { CAPABILITIES = 0x34, CAPABILITY_MSIX = 0x11, CONTROL = 2, CONTROL_ENABLE = 0x8000, CONTROL_MASKED = 0x4000, BAR1 = 0x14 };
/* Words of the table. */
enum { ADDRESS, ADDRESS_HIGH, DATA, MASK, ENTRY_WORDS, PENDING = 2048 / 4 };
enum { ENTRY = 2, FIRST = 0x61, SECOND = 0x72, MASTER = 4 };
#define MESSAGE 0xfee00000U
#define TO_PROCESSOR(id) (MESSAGE | (id) << 12)
#define LOGICAL 4U

static volatile uint32_t *table(void)
{
	return (volatile uint32_t *)(uint64_t)(pci_read(PCI_CONSOLE, BAR1, 4) & ~15U);
}

static volatile uint32_t *entry(void)
{
	return table() + ENTRY * ENTRY_WORDS;
}

/* Where the bit of our entry is among the pending ones. */
static bool is_pending(void)
{
	return table()[PENDING] >> ENTRY & 1;
}

static void set_control(uint16_t value)
{
	unsigned int at = pci_read(PCI_CONSOLE, CAPABILITIES, 1);
	while (at && pci_read(PCI_CONSOLE, at, 1) != CAPABILITY_MSIX)
		at = pci_read(PCI_CONSOLE, at + 1, 1);
	pci_write(PCI_CONSOLE, at + CONTROL, 2, value);
}

static void set_message(uint32_t address, uint32_t data)
{
	entry()[ADDRESS] = address;
	entry()[ADDRESS_HIGH] = 0;
	entry()[DATA] = data;
}

static bool set_up(void)
{
	virtio_start();
	set_message(TO_PROCESSOR(0), FIRST);
	entry()[MASK] = 0;
	set_control(CONTROL_ENABLE);
	virtio_write(VIRTIO_COMMON, VIRTIO_SELECT, 2, VIRTIO_OUTPUT);
	virtio_write(VIRTIO_COMMON, VIRTIO_VECTOR, 2, ENTRY);
	return virtio_read(VIRTIO_COMMON, VIRTIO_VECTOR, 2) == ENTRY;
}

static void take_down(void)
{
	set_control(0);
	entry()[MASK] = 1;
	virtio_set_status(0);
}

/* How often the vector has come since the last question. */
static uint64_t taken(unsigned int vector)
{
	interrupts_on();
	interrupts_off();
	uint64_t count = trap_interrupts[vector];
	trap_interrupts[vector] = 0;
	return count;
}

/* The VMM learns of an entry's unmasking at an exit that comes to it. */
static void leave_and_return(void)
{
	cpuid(0x40000000, 0);
}

TEST(MSX0101, "a buffer that comes back sends the message of its queue's entry, once")
{
	EXPECT_TRUE(set_up());
	EXPECT_TRUE(virtio_print());
	EXPECT_EQ(1, taken(FIRST));
	EXPECT_EQ(0, taken(FIRST));
	EXPECT_TRUE(virtio_print());
	EXPECT_EQ(1, taken(FIRST));
	take_down();
}

TEST(MSX0102, "a changed entry counts from the next message on: another vector, another destination, logical destinations, all processors")
{
	EXPECT_TRUE(set_up());
	set_message(TO_PROCESSOR(0), SECOND);
	EXPECT_TRUE(virtio_print());
	EXPECT_EQ(0, taken(FIRST));
	EXPECT_EQ(1, taken(SECOND));
	static const struct {
		uint32_t address;
		bool comes;
	} destinations[] = {
		{TO_PROCESSOR(1), false}, {TO_PROCESSOR(1) | LOGICAL, true}, {TO_PROCESSOR(2) | LOGICAL, false}, {TO_PROCESSOR(0xffU), true}, {TO_PROCESSOR(0), true}, {0x1000, false},
	};
	for (size_t i = 0; i < sizeof(destinations) / sizeof(destinations[0]); i++) {
		set_message(destinations[i].address, SECOND);
		EXPECT_TRUE(virtio_print());
		EXPECT_EQ(destinations[i].comes, taken(SECOND));
	}
	EXPECT_EQ(0, taken(FIRST));
	EXPECT_TRUE(!is_pending());
	take_down();
}

TEST(MSX0103, "a masked entry's message is pending, and is sent when the entry is unmasked, as it is then")
{
	EXPECT_TRUE(set_up());
	entry()[MASK] = 1;
	EXPECT_TRUE(virtio_print());
	EXPECT_TRUE(virtio_print());
	leave_and_return();
	EXPECT_EQ(0, taken(FIRST));
	EXPECT_TRUE(is_pending());
	set_message(TO_PROCESSOR(0), SECOND);
	leave_and_return();
	EXPECT_EQ(0, taken(SECOND));
	entry()[MASK] = 0;
	leave_and_return();
	EXPECT_EQ(1, taken(SECOND));
	EXPECT_EQ(0, taken(FIRST));
	EXPECT_TRUE(!is_pending());
	take_down();
}

TEST(MSX0104, "an unmasked entry's message comes to a guest that makes no exits")
{
	EXPECT_TRUE(set_up());
	entry()[MASK] = 1;
	EXPECT_TRUE(virtio_print());
	EXPECT_TRUE(is_pending());
	/* By then the line has gone out, of which the VMM hears too. */
	for (uint64_t quiet = now() + platform.timebase / 10; now() < quiet;)
		;
	entry()[MASK] = 0;
	interrupts_on();
	for (uint64_t limit = now() + 5 * platform.timebase; !trap_interrupts[FIRST] && now() < limit;)
		;
	interrupts_off();
	EXPECT_EQ(1, taken(FIRST));
	take_down();
}

TEST(MSX0105, "while the function is masked all messages are pending, and while it is disabled there are none")
{
	EXPECT_TRUE(set_up());
	set_control(CONTROL_ENABLE | CONTROL_MASKED);
	EXPECT_TRUE(virtio_print());
	EXPECT_EQ(0, taken(FIRST));
	EXPECT_TRUE(is_pending());
	set_control(CONTROL_ENABLE);
	EXPECT_EQ(1, taken(FIRST));
	EXPECT_TRUE(!is_pending());
	set_control(CONTROL_ENABLE | CONTROL_MASKED);
	EXPECT_TRUE(virtio_print());
	set_control(0);
	EXPECT_TRUE(!is_pending());
	set_control(CONTROL_ENABLE);
	EXPECT_EQ(0, taken(FIRST));
	take_down();
}

TEST(MSX0106, "a function that may not write to memory sends no messages, and a queue may have no vector")
{
	EXPECT_TRUE(set_up());
	pci_write(PCI_CONSOLE, PCI_COMMAND, 2, 7 & ~MASTER);
	EXPECT_TRUE(virtio_print());
	EXPECT_EQ(0, taken(FIRST));
	virtio_place();
	virtio_write(VIRTIO_COMMON, VIRTIO_VECTOR, 2, 3); /* there are three, from 0 on */
	EXPECT_EQ(0xffff, virtio_read(VIRTIO_COMMON, VIRTIO_VECTOR, 2));
	EXPECT_TRUE(virtio_print());
	EXPECT_EQ(0, taken(FIRST));
	EXPECT_TRUE(!table()[PENDING]);
	take_down();
}
