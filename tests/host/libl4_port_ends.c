/* SPDX-License-Identifier: BSD-2-Clause */
#include "libl4_port_ends.h"

#include <string.h>

struct port_area area;
struct l4_port_memory source, destination;

void make(uint32_t size, uint32_t depth, bool overwrites)
{
	memset(&area, 0, sizeof(area));
	EXPECT_TRUE(l4_port_source_bytes(size, depth) <= sizeof(area.source));
	source = (struct l4_port_memory){.source = (void *)area.source, .destination = (void *)area.destination, .size = size, .depth = depth};
	destination = source;
	if (overwrites)
		source.destination = NULL;
	l4_port_rejoin_source(&source, overwrites);
	l4_port_rejoin_destination(&destination, overwrites);
}

void put_number(uint64_t number)
{
	l4_port_put(&source, &number, sizeof(number), number);
}

enum l4_port_found take_number(uint64_t *number)
{
	uint8_t message[SIZE];
	struct l4_port_header header;
	bool may_wait;
	enum l4_port_found found = l4_port_take(&destination, message, &header, &may_wait);

	if (found == L4_PORT_FOUND)
		memcpy(number, message, sizeof(*number));
	return found;
}

void expect_taken(uint64_t expected)
{
	uint64_t number = 0;

	EXPECT_EQ(L4_PORT_FOUND, take_number(&number));
	EXPECT_EQ(expected, number);
}

void expect_nothing(void)
{
	uint64_t number;

	EXPECT_EQ(L4_PORT_NOTHING, take_number(&number));
}
