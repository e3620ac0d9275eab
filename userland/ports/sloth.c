/* SPDX-License-Identifier: BSD-2-Clause */
/* Receives much more slowly than others send. Orders come one after another, and none is missing; of events some are, and their number is known. */
#include <stdio.h>

#include <l4/debug.h>
#include <system/sloth.h>

#include "record.h"

#define NAP_MS 20

static uint64_t received[2];

static void take_order(struct l4_port *orders)
{
	struct l4_port_message about;
	struct record record;
	uint64_t expected = orders->memory.number + 1;
	L4_ENSURE(l4_port_receive_until(orders, &record, sizeof(record), &about, L4_SIGNALS_FOREVER) == L4_PORT_OK);
	L4_ENSURE(record_is_whole(&record, about.length) && record.number == expected && about.number == expected);
	received[0]++;
}

static void take_event(struct l4_port *events)
{
	struct l4_port_message about;
	struct record record;
	uint64_t last = events->memory.number;
	if (l4_port_receive_until(events, &record, sizeof(record), &about, in_milliseconds(NAP_MS)) != L4_PORT_OK)
		return;
	L4_ENSURE(record_is_whole(&record, about.length) && record.number == about.number && about.number > last);
	received[1]++;
}

int main(void)
{
	struct l4_port orders, events;
	struct l4_port_state state;
	L4_ENSURE(l4_port_open(&orders, SYSTEM_CHANNEL_ORDERS) && l4_port_open(&events, SYSTEM_CHANNEL_EVENTS));
	for (unsigned int round = 1;; round++) {
		take_order(&orders);
		take_event(&events);
		l4_signals_wait(0, in_milliseconds(NAP_MS));
		l4_port_state(&events, &state);
		L4_ENSURE(received[1] + state.overflows == events.memory.number);
		if (round % 10 == 0)
			printf("%lu orders, %lu events, %lu lost\n", received[0], received[1], state.overflows);
	}
}
