/* SPDX-License-Identifier: BSD-2-Clause */
/* One end of a port stops amid its copy, and the other goes on. */
#include <setjmp.h>
#include <string.h>

#include "libl4_port_ends.h"

/* port_memory.c copies by this (SConscript): byte by byte, with something to do in front of each. */
static void (*amid_copy)(size_t byte);
static jmp_buf stopped_amid;
static size_t read_stop, write_stop; /* bytes that are copied until then */
static unsigned int puts_amid;       /* that are complete, before the one that stops */

void *copy_of_ports(void *to, const void *from, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (amid_copy)
			amid_copy(i);
		((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
	}
	return to;
}

static void stop_writing(size_t byte)
{
	if (byte == write_stop)
		longjmp(stopped_amid, 1);
}

/* All bytes of a message are its number's, and so is its length. */
static void put_pattern(uint64_t number)
{
	uint8_t message[SIZE];

	memset(message, (int)number, sizeof(message));
	l4_port_put(&source, message, (uint32_t)(number % SIZE + 1), number);
}

static void write_amid_reading(size_t byte)
{
	if (byte != read_stop)
		return;
	amid_copy = NULL;
	for (unsigned int i = 0; i < puts_amid; i++)
		put_pattern(source.number + 1);
	amid_copy = stop_writing;
	if (!setjmp(stopped_amid))
		put_pattern(source.number + 1);
	amid_copy = NULL;
}

static void expect_pattern(const struct l4_port_header *header, const uint8_t *message)
{
	EXPECT_EQ(header->number, header->time);
	EXPECT_EQ(header->number % SIZE + 1, header->length);
	for (uint32_t i = 0; i < header->length; i++)
		EXPECT_EQ((uint8_t)header->number, message[i]);
}

/* The reader stops after so many bytes; the source writes some messages, and stops amid the next one or has written that, too. */
static void expect_nothing_torn(unsigned int before, bool queues)
{
	uint32_t depth = queues ? DEPTH : L4_PORT_SAMPLING_DEPTH;
	struct l4_port_header header;
	uint8_t message[SIZE];
	bool may_wait;

	make(SIZE, depth, true);
	for (unsigned int i = 1; i <= before; i++)
		put_pattern(i);
	amid_copy = write_amid_reading;
	enum l4_port_found found = queues ? l4_port_take(&destination, message, &header, &may_wait) : l4_port_newest(&destination, message, &header);
	amid_copy = NULL;
	EXPECT_TRUE(found == L4_PORT_FOUND || queues);
	if (found == L4_PORT_FOUND)
		expect_pattern(&header, message);
}

TEST(PORT0013, "wherever either end stops amid a message, what the other reads is whole")
{
	for (unsigned int before = 1; before <= 2 * DEPTH; before++)
		for (puts_amid = 0; puts_amid <= 2 * DEPTH; puts_amid++)
			for (read_stop = 0; read_stop < 12; read_stop += 3)
				for (write_stop = 0; write_stop <= SIZE; write_stop += 4) {
					expect_nothing_torn(before, false);
					expect_nothing_torn(before, true);
				}
}
