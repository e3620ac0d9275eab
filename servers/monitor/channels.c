/* SPDX-License-Identifier: BSD-2-Clause */
#include "channels.h"

#include <stdio.h>

#include <l4/stubs.h>
#include <servers/vmm.h>

#include "lasting.h"

#define NAME_SIZE (SYSTEM_NAME_SIZE + 8)

/* Whether something signals the partition: a channel, or a device of its own. */
static bool is_signalled(unsigned int part)
{
	const struct system_description *system = &monitor.handover->system;
	for (uint32_t i = 0; i < system->channel_count; i++) {
		const struct channel *channel = &system->channel[i];
		if ((channel->kind != CHANNEL_CALL && channel->to == part) || (channel->back_badge && channel->from == part))
			return true;
	}
	for (uint32_t i = 0; i < system->device_count; i++)
		if (system->device[i].owner == part && system->device[i].has_interrupt)
			return true;
	return false;
}

static l4_status_t make_ends(unsigned int index)
{
	struct part *part = &monitor.part[index];
	l4_status_t status = L4_OK;
	if (part_is(part, PARTITION_SERVES))
		status = l4_object_new(&monitor.objects, L4_TYPE_ENDPOINT, &part->endpoint);
	bool has_other = part_is(part, PARTITION_GUEST) && !part_is(part, PARTITION_SILENT); /* see channel_signals */
	bool waits = (part_is(part, PARTITION_TIMER) && !part_is(part, PARTITION_CONSOLE)) || (is_signalled(index) && !has_other);
	if (status == L4_OK && waits)
		status = l4_object_new(&monitor.objects, L4_TYPE_NOTIFICATION, &part->notification);
	return status;
}

static l4_status_t make_all_memory(unsigned int index, const struct channel *channel)
{
	l4_status_t status = lasting_make(&monitor.channel_memory[index], channel->pages);
	if (status == L4_OK && channel->back_pages)
		status = l4_frame_new(&monitor.objects, L4_PAGE_BITS, &monitor.channel_back[index]);
	return status;
}

l4_status_t channels_make(void)
{
	const struct system_description *system = &monitor.handover->system;
	l4_status_t status = L4_OK;
	for (unsigned int i = 0; i < monitor.count && status == L4_OK; i++)
		status = make_ends(i);
	for (uint32_t i = 0; i < system->channel_count && status == L4_OK; i++)
		status = make_all_memory(i, &system->channel[i]);
	return status;
}

l4_cap_t channel_signals(const struct part *part)
{
	return part_is(part, PARTITION_GUEST) && part->console.exists ? part->console.wait : part->notification;
}

static void give_memory(struct part *part, const struct channel *channel, const struct lasting *memory)
{
	bool is_from = channel->from == part->index;
	const struct part *peer = &monitor.part[is_from ? channel->to : channel->from];
	l4_word_t rights = is_from || channel->two_way ? L4_READ | L4_WRITE : L4_READ;
	char signal[NAME_SIZE];
	snprintf(signal, sizeof(signal), "%s.signal", channel->name);
	process_tell(&part->program, channel->name, lasting_map(part, channel->name, memory, rights));
	process_give(&part->program, signal, peer->notification, L4_WRITE, is_from ? channel->badge : channel->back_badge);
}

/* What the sender sends to. A guest reaches it by a slot of its own cnode, which its VMM fills. */
static void give_sender(struct part *part, const struct channel *channel)
{
	const struct part *to = &monitor.part[channel->to];
	char slot[NAME_SIZE];
	snprintf(slot, sizeof(slot), "%s%u", VMM_GUEST_SLOT, channel->slot);
	process_give(&part->program, part_is(part, PARTITION_GUEST) ? slot : channel->name,
		     channel->kind == CHANNEL_CALL ? to->endpoint : to->notification, L4_WRITE, channel->badge);
}

void channels_give(struct part *part)
{
	const struct system_description *system = &monitor.handover->system;
	for (uint32_t i = 0; i < system->channel_count; i++) {
		const struct channel *channel = &system->channel[i];
		if (channel_is_port(channel))
			continue;
		if (channel->kind == CHANNEL_MEMORY && (channel->from == part->index || channel->to == part->index))
			give_memory(part, channel, &monitor.channel_memory[i]);
		else if (channel->from == part->index)
			give_sender(part, channel);
	}
}
