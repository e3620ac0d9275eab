/* SPDX-License-Identifier: BSD-2-Clause */
/* A message that shows whether it is whole. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <l4/port.h>
#include <l4/time.h>

struct record {
	uint64_t number;
	uint64_t check[4];
};

_Static_assert(sizeof(struct record) == 40, "size of the ports' messages in tests/systems/ports.toml");

static inline struct record record_of(uint64_t number)
{
	return (struct record){number, {~number, number * 3, number << 7, number ^ 0x5555}};
}

static inline bool record_is_whole(const struct record *record, uint32_t length)
{
	uint64_t number = record->number;
	return length == sizeof(*record) && record->check[0] == ~number && record->check[1] == number * 3 && record->check[2] == number << 7 &&
	       record->check[3] == (number ^ 0x5555);
}

/* The number that the next message of a source will have, whatever incarnations have sent before. */
static inline uint64_t next_number(const struct l4_port *port)
{
	struct l4_port_state state;
	l4_port_state(port, &state);
	return state.messages + 1;
}

static inline l4_word_t in_milliseconds(unsigned int count)
{
	return l4_now() + l4_ticks_of_microseconds(1000UL * count);
}
