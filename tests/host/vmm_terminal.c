/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's line: when the console server is told, and when devices are called back. */
#include <host_test.h>
#include <terminal.h>
#include <terminal_start.h>

#include <string.h>

#include "line_stubs.h"

enum { MILLISECOND = 1000 };

static _Alignas(64) uint8_t pages[2][L4_CONSOLE_RING_SIZE];
static struct l4_console line;
static struct l4_ring reader;

static void start(void)
{
	memset(pages, 0, sizeof(pages));
	l4_ring_join(&line.output, pages[0], L4_CONSOLE_RING_SIZE, 1);
	l4_ring_join(&line.input, pages[1], L4_CONSOLE_RING_SIZE, 1);
	l4_ring_join(&reader, pages[0], L4_CONSOLE_RING_SIZE, 1);
	line.server = CAP_SERVER;
	stubs = (struct line_stubs){.now = 1};
	terminal_start(&line, CAP_TIMER);
	terminal_event();
}

static void put_line(void)
{
	char bytes[16];
	terminal_write((const uint8_t *)"line\n", 5);
	l4_ring_pop(&reader, bytes, sizeof(bytes), NULL);
}

TEST(VTM0101, "the server is told at a line's end, or by an event that comes soon")
{
	start();
	EXPECT_TRUE(terminal_put('>'));
	EXPECT_EQ(0, stubs.signals);
	EXPECT_EQ(stubs.now + 2 * MILLISECOND, stubs.armed);
	stubs.now = stubs.armed;
	terminal_event();
	EXPECT_EQ(1, stubs.signals);
	put_line();
	EXPECT_EQ(2, stubs.signals);
}

TEST(VTM0102, "a device that asked for a call has it, though the guest writes line after line")
{
	start();
	EXPECT_TRUE(terminal_call_back());
	uint64_t asked = stubs.now;
	for (unsigned int i = 0; i < 100; i++) {
		put_line();
		stubs.now += MILLISECOND;
		EXPECT_TRUE(stubs.armed <= asked);
	}
	terminal_event();
	put_line();
	EXPECT_EQ(stubs.now + 2 * MILLISECOND, stubs.armed);
}

TEST(VTM0103, "who can wait a while puts nobody off, and is not put off without end by asking again")
{
	start();
	EXPECT_TRUE(terminal_call_back());
	uint64_t asked = stubs.now;
	terminal_call_back_later();
	EXPECT_EQ(asked, stubs.armed);
	terminal_event();
	terminal_call_back_later();
	uint64_t later = stubs.now + 2 * MILLISECOND;
	for (unsigned int i = 0; i < 100; i++, stubs.now += MILLISECOND)
		terminal_call_back_later();
	EXPECT_EQ(later, stubs.armed);
	EXPECT_TRUE(terminal_call_back());
	EXPECT_EQ(later, stubs.armed); /* it is overdue */
}
