/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wires of the ISA bus, by two devices that every PC has and that interrupt when they are told to: the keyboard's controller (8042), which holds its wire until it is
 * served, and the interval timer (8254), which does not.
 */
#include "../../tables.h"
#include "devices.h"

#define KEYBOARD_LINE 1
#define KEYBOARD_DATA 0x60
#define KEYBOARD_COMMAND 0x64 /* reading: status */
#define KEYBOARD_PORTS 5
#define STATUS_OUTPUT 0x1 /* there is something to read, which is what the wire says */
#define STATUS_INPUT 0x2  /* what was written has not been taken yet */
#define COMMAND_CONTROL 0x60
#define COMMAND_OUTPUT 0xd2 /* what is written to the data port next is there to be read, as if a key had been pressed */
#define CONTROL_INTERRUPTS 0x5
#define KEY 0x5a

#define TIMER_LINE 2 /* where the MADT of a PC says that ISA's wire 0 arrives */
#define TIMER_FIRST 0x40
#define TIMER_CONTROL 0x43
#define TIMER_PORTS 4
#define TIMER_ONE_SHOT 0x30 /* counter 0, which lets its wire rise at the end */
#define TIMER_COUNTS 100    /* of 1.19 MHz: much less than a window */

#define ROUNDS 50

static l4_cap_t ports;

static l4_word_t read_port(l4_word_t port)
{
	l4_word_t value;

	EXPECT_OK(l4_io_ports_read(ports, port, 1, &value));
	return value;
}

static void write_port(l4_word_t port, l4_word_t value)
{
	EXPECT_OK(l4_io_ports_write(ports, port, 1, value));
}

static void keyboard_write(l4_word_t port, l4_word_t value)
{
	EXPECT_EVENTUALLY(!(read_port(KEYBOARD_COMMAND) & STATUS_INPUT));
	write_port(port, value);
}

/* Quiet, whatever the firmware or another case has left. */
static void keyboard_open(void)
{
	ports = issue_ports(KEYBOARD_DATA, KEYBOARD_PORTS);
	keyboard_write(KEYBOARD_COMMAND, COMMAND_CONTROL);
	keyboard_write(KEYBOARD_DATA, CONTROL_INTERRUPTS);
	for (int i = 0; i < 100 && read_port(KEYBOARD_COMMAND) & STATUS_OUTPUT; i++)
		(void)read_port(KEYBOARD_DATA);
}

static void keyboard_raise(void)
{
	keyboard_write(KEYBOARD_COMMAND, COMMAND_OUTPUT);
	keyboard_write(KEYBOARD_DATA, KEY);
}

static void keyboard_serve(void)
{
	EXPECT_EVENTUALLY(read_port(KEYBOARD_COMMAND) & STATUS_OUTPUT);
	EXPECT_EQ(KEY, read_port(KEYBOARD_DATA));
}

static void timer_open(void)
{
	ports = issue_ports(TIMER_FIRST, TIMER_PORTS);
}

static void timer_raise(void)
{
	write_port(TIMER_CONTROL, TIMER_ONE_SHOT);
	write_port(TIMER_FIRST, TIMER_COUNTS & 0xff);
	write_port(TIMER_FIRST, TIMER_COUNTS >> 8);
}

TEST(XIS0001, "a wire of ISA interrupts once until it is acknowledged, and again while its device is not served")
{
	l4_cap_t handler = issue_line(KEYBOARD_LINE), notification = new_object(L4_TYPE_NOTIFICATION);

	keyboard_open();
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	expect_nothing(notification);
	keyboard_raise();
	expect_signal(notification);
	expect_nothing(notification);
	EXPECT_OK(l4_irq_handler_ack(handler));
	expect_signal(notification);
	keyboard_serve();
	EXPECT_OK(l4_irq_handler_ack(handler));
	expect_nothing(notification);
	EXPECT_STATUS(L4_BAD_STATE, l4_irq_handler_ack(handler));
}

TEST(XIS0002, "what a device wants while nobody listens is heard by who listens next")
{
	l4_cap_t handler = issue_line(KEYBOARD_LINE), notification = new_object(L4_TYPE_NOTIFICATION);

	keyboard_open();
	keyboard_raise();
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	expect_signal(notification);
	EXPECT_OK(l4_irq_handler_bind(handler, 0));
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	expect_signal(notification);
	keyboard_serve();
	EXPECT_OK(l4_irq_handler_ack(handler));
	expect_nothing(notification);
}

TEST(XIS0003, "interrupts outside their owner's windows are delivered in the next of these, each, and none in another's")
{
	l4_cap_t handler = issue_line(KEYBOARD_LINE), notification = new_object(L4_TYPE_NOTIFICATION);

	keyboard_open();
	confine(handler, notification);
	for (int i = 0; i < ROUNDS; i++) {
		EXPECT_TRUE(!has_come(notification));
		keyboard_raise();
		expect_in_owners_window(notification);
		keyboard_serve();
		EXPECT_OK(l4_irq_handler_ack(handler));
	}
	expect_nothing(notification);
	EXPECT_STATUS(L4_BAD_STATE, l4_irq_handler_ack(handler));
}

TEST(XIS0004, "an interrupt waits for its owner's windows as long as a table has none, and forgets nothing")
{
	l4_cap_t handler = issue_line(KEYBOARD_LINE), notification = new_object(L4_TYPE_NOTIFICATION), owner = new_object(L4_TYPE_DOMAIN);

	keyboard_open();
	EXPECT_OK(l4_irq_handler_confine(handler, owner));
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	keyboard_raise();
	follow(shared_with(0));
	expect_nothing(notification);
	follow(shared_with(owner));
	expect_signal(notification);
	keyboard_serve();
	EXPECT_OK(l4_irq_handler_ack(handler));
	expect_nothing(notification);
}

TEST(XIS0005, "an owner that does not serve its device is interrupted again for each acknowledgement, in its own windows alone")
{
	l4_cap_t handler = issue_line(KEYBOARD_LINE), notification = new_object(L4_TYPE_NOTIFICATION);

	keyboard_open();
	confine(handler, notification);
	keyboard_raise();
	for (int i = 0; i < ROUNDS; i++) {
		expect_in_owners_window(notification);
		acknowledge(handler);
	}
	expect_in_owners_window(notification);
	keyboard_serve();
	EXPECT_OK(l4_irq_handler_ack(handler));
	expect_nothing(notification);
}

TEST(XIS0006, "the interval timer's wire, an edge, interrupts for each; those that come before it is acknowledged make one more")
{
	l4_cap_t handler = issue_line(TIMER_LINE), notification = new_object(L4_TYPE_NOTIFICATION);

	timer_open();
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	for (int i = 0; i < 3; i++) {
		timer_raise();
		expect_signal(notification);
		expect_nothing(notification);
		EXPECT_OK(l4_irq_handler_ack(handler));
		expect_nothing(notification);
	}
	timer_raise();
	expect_signal(notification);
	for (int i = 0; i < 3; i++) {
		timer_raise();
		sleep_microseconds(1000);
	}
	expect_nothing(notification);
	EXPECT_OK(l4_irq_handler_ack(handler));
	expect_signal(notification);
	EXPECT_OK(l4_irq_handler_ack(handler));
	expect_nothing(notification);
}

TEST(XIS0007, "edges outside their owner's windows make one interrupt in the next of these, and none in another's")
{
	l4_cap_t handler = issue_line(TIMER_LINE), notification = new_object(L4_TYPE_NOTIFICATION);

	timer_open();
	confine(handler, notification);
	for (int i = 0; i < ROUNDS; i++) {
		timer_raise();
		expect_in_owners_window(notification);
		acknowledge(handler);
	}
}
