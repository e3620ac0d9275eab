/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes a level and tells of events, until it is silent for a while and then dies in the middle of a message. */
#include <string.h>

#include <l4/debug.h>
#include <system/gauge.h>

#include "record.h"

#define PERIOD_MS 2
#define WRITES 100
#define SILENCE_MS 90

/* What a program leaves that dies while it copies: half a message, and a slot that has no number yet. */
static void leave_half(struct l4_port *port)
{
	uint8_t *slots = (uint8_t *)port->memory.source + sizeof(struct l4_port_source);
	uint64_t place = next_number(port) % (port->memory.depth + 1);
	struct l4_port_slot *slot = (struct l4_port_slot *)(slots + place * l4_port_slot_bytes(port->memory.size));
	atomic_store(&slot->number, 0);
	memset(slot->data, 0xee, sizeof(struct record) / 2);
}

/* The compiler must not know that nothing is there. */
static void fault(void)
{
	static volatile uintptr_t nowhere = 8;
	*(volatile int *)nowhere = 0;
}

int main(void)
{
	struct l4_port level, events;
	L4_ENSURE(l4_port_open(&level, SYSTEM_CHANNEL_LEVEL) && l4_port_open(&events, SYSTEM_CHANNEL_EVENTS));
	for (int i = 0; i < WRITES; i++) {
		struct record record = record_of(next_number(&level)), event = record_of(next_number(&events));
		L4_ENSURE(l4_port_write(&level, &record, sizeof(record)) == L4_PORT_OK);
		L4_ENSURE(l4_port_send(&events, &event, sizeof(event)) == L4_PORT_OK);
		l4_signals_wait(0, in_milliseconds(PERIOD_MS));
	}
	leave_half(&level);
	leave_half(&events);
	l4_signals_wait(0, in_milliseconds(SILENCE_MS));
	fault();
	return 0;
}
