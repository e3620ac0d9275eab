/* SPDX-License-Identifier: BSD-2-Clause */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>

#include <l4/console_client.h>
#include <l4/output.h>
#include <l4/stubs.h>
#include <servers/layout.h>

#include "log.h"

#define LINE_SIZE 320

static struct l4_ring ring; /* shared is null while there is no console */
static l4_cap_t server;

void say_use_channel(const struct part *own)
{
	struct l4_space space = l4_space_of(L4_SLOT_VSPACE, &monitor.objects);
	l4_cap_t frame = l4_slots_alloc(&monitor.slots);
	server = l4_slots_alloc(&monitor.slots);
	if (l4_cnode_copy(L4_SLOT_CNODE, frame, L4_SLOT_CNODE, own->console.output, L4_READ | L4_WRITE) != L4_OK ||
	    l4_space_map(&space, frame, LAYOUT_FREE, L4_READ | L4_WRITE) != L4_OK ||
	    l4_cnode_mint(L4_SLOT_CNODE, server, L4_SLOT_CNODE, monitor.console_notification, L4_WRITE, 1UL << own->console.number) != L4_OK)
		return;
	l4_ring_join(&ring, (void *)LAYOUT_FREE, L4_CONSOLE_RING_SIZE, 1);
}

static void write_line(const char *line, size_t length)
{
	const struct part *console = part_with(PARTITION_CONSOLE);
	if (!ring.shared || !console || console->state != PART_RUNNING) {
		l4_output_string("monitor: ");
		l4_output(line, length);
		return;
	}
	bool signal = false;
	l4_ring_push_renewing(&ring, line, (uint32_t)length, &signal);
	if (signal)
		l4_signal(server);
}

void say(const char *format, ...)
{
	char line[LINE_SIZE];
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	if ((size_t)length > sizeof(line) - 2)
		length = sizeof(line) - 2;
	log_add(line, (size_t)length);
	line[length++] = '\n';
	write_line(line, (size_t)length);
}
