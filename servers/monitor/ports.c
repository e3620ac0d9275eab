/* SPDX-License-Identifier: BSD-2-Clause */
#include "ports.h"

#include <stdio.h>
#include <string.h>

#include "channels.h"
#include "lasting.h"

#define NAME_SIZE (SYSTEM_NAME_SIZE + 8)

/* The table as it grows; of the partition that is being built. */
static struct {
	struct l4_port_table table;
	struct l4_port_entry entry[SYSTEM_CHANNELS_MAX];
} ports;

_Static_assert(sizeof(ports) <= 1UL << L4_PAGE_BITS, "the composer counts one page for the table of a partition's ports");

static l4_word_t give_signal(struct part *part, const struct channel *channel, uint32_t peer, l4_word_t badge)
{
	char name[NAME_SIZE];
	if (!badge)
		return 0;
	snprintf(name, sizeof(name), "%s.signal", channel->name);
	return process_give(&part->program, name, channel_signals(&monitor.part[peer]), L4_WRITE, badge);
}

/* What the source is to hear of nobody shows it: it does not even see how much was received. */
static l4_word_t map_back(struct part *part, const struct channel *channel, l4_cap_t frame, bool is_source)
{
	const struct lasting back = {.pages = channel->back_pages, .piece = {frame}};
	if (!frame || (is_source && !channel->back_badge))
		return 0;
	return lasting_map(part, channel->name, &back, is_source ? L4_READ : L4_READ | L4_WRITE);
}

static void give(struct part *part, const struct channel *channel, const struct lasting *memory, l4_cap_t back)
{
	bool is_source = channel->from == part->index;
	struct l4_port_entry *entry = &ports.entry[ports.table.count++];
	*entry = (struct l4_port_entry){
		.kind = channel->kind == CHANNEL_QUEUING ? L4_PORT_QUEUING : L4_PORT_SAMPLING,
		.direction = is_source ? L4_PORT_SOURCE : L4_PORT_DESTINATION,
		.overflow = channel->overflow,
		.size = channel->size,
		.depth = channel->depth,
		.refresh = process_ticks(&part->program.startup, channel->refresh),
		.source = lasting_map(part, channel->name, memory, is_source ? L4_READ | L4_WRITE : L4_READ),
		.destination = map_back(part, channel, back, is_source),
		.signal = is_source ? give_signal(part, channel, channel->to, channel->badge) : give_signal(part, channel, channel->from, channel->back_badge),
		.bit = is_source ? channel->back_badge : channel->badge,
	};
	memcpy(entry->name, channel->name, sizeof(entry->name));
}

_Static_assert(L4_PORT_NAME_SIZE == SYSTEM_NAME_SIZE, "a port is named as its channel");

void ports_give(struct part *part)
{
	const struct system_description *system = &monitor.handover->system;
	memset(&ports, 0, sizeof(ports));
	for (uint32_t i = 0; i < system->channel_count; i++)
		if (channel_is_port(&system->channel[i]) && (system->channel[i].from == part->index || system->channel[i].to == part->index))
			give(part, &system->channel[i], &monitor.channel_memory[i], monitor.channel_back[i]);
	if (ports.table.count > 0)
		process_map_data(&part->program, L4_PORT_TABLE, &ports, sizeof(ports.table) + ports.table.count * sizeof(ports.entry[0]));
}
