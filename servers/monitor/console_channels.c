/* SPDX-License-Identifier: BSD-2-Clause */
#include "console_channels.h"

#include <stdio.h>

#include <l4/console_client.h>
#include <l4/stubs.h>
#include <servers/console.h>

static bool mint(l4_cap_t *slot, l4_cap_t source, l4_word_t rights, l4_word_t badge)
{
	*slot = l4_slots_alloc(&monitor.slots);
	return *slot && l4_cnode_mint(L4_SLOT_CNODE, *slot, L4_SLOT_CNODE, source, rights, badge) == L4_OK;
}

static bool make(struct console_channel *channel, unsigned int number)
{
	channel->exists = true;
	channel->number = number;
	return l4_frame_new(&monitor.objects, L4_PAGE_BITS, &channel->output) == L4_OK &&
	       l4_frame_new(&monitor.objects, L4_PAGE_BITS, &channel->input) == L4_OK &&
	       l4_object_new(&monitor.objects, L4_TYPE_NOTIFICATION, &channel->wait) == L4_OK &&
	       mint(&channel->reset, monitor.console_notification, L4_WRITE, 1UL << (CONSOLE_BIT_RESET + number));
}

bool console_channels_make(void)
{
	unsigned int number = 0;
	if (l4_object_new(&monitor.objects, L4_TYPE_NOTIFICATION, &monitor.console_notification) != L4_OK)
		return false;
	for (unsigned int i = 0; i < monitor.count; i++)
		if (!part_is(&monitor.part[i], PARTITION_SILENT) && !make(&monitor.part[i].console, number++))
			return false;
	return true;
}

/* A copy of a channel's frame, to be mapped for `owner`; it goes when that partition goes. */
static void share(struct part *owner, struct process *process, const char *name, l4_cap_t frame)
{
	l4_cap_t copy = l4_slots_alloc(&owner->slots);
	process_check(process, l4_cnode_copy(L4_SLOT_CNODE, copy, L4_SLOT_CNODE, frame, L4_READ | L4_WRITE), "a channel's page could not be copied");
	process_share(process, name, copy, L4_READ | L4_WRITE);
}

void console_channel_give_client(struct part *client, struct process *process)
{
	const struct console_channel *channel = &client->console;
	if (!channel->exists)
		return;
	share(client, process, L4_CONSOLE_OUTPUT, channel->output);
	share(client, process, L4_CONSOLE_INPUT, channel->input);
	process_give(process, L4_CONSOLE_SERVER, monitor.console_notification, L4_WRITE, 1UL << channel->number);
	/* With WRITE, so that the client can wait for events of its own (a timer's) at the same place. The server's badge is 1. */
	process_give(process, L4_CONSOLE_WAIT, channel->wait, L4_READ | L4_WRITE, 2);
}

static void give_pages(struct part *console, struct process *process)
{
	process_tell(process, "channels", process->next_shared);
	for (unsigned int i = 0; i < monitor.count; i++) {
		const struct console_channel *channel = &monitor.part[i].console;
		if (channel->exists) {
			share(console, process, NULL, channel->output);
			share(console, process, NULL, channel->input);
		}
	}
}

/* One argument KEY=NAME for each client whose partition has the flag (0: for each). */
static void name_clients(struct process *process, const char *key, uint32_t flag)
{
	for (unsigned int i = 0; i < monitor.count; i++) {
		const struct part *part = &monitor.part[i];
		char text[2 * SYSTEM_NAME_SIZE];
		if (!part->console.exists || (flag && !part_is(part, flag)))
			continue;
		snprintf(text, sizeof(text), "%s=%s", key, part->description->name);
		process_arguments(process, text, "");
	}
}

void console_channels_give_console(struct part *console, struct process *process)
{
	give_pages(console, process);
	process_tell(process, "waits", process->next_slot);
	for (unsigned int i = 0; i < monitor.count; i++)
		if (monitor.part[i].console.exists)
			process_give(process, NULL, monitor.part[i].console.wait, L4_WRITE, 1);
	process_give(process, "notification", monitor.console_notification, L4_READ, 0);
	process_give(process, "irq.notify", monitor.console_notification, L4_WRITE, 1UL << CONSOLE_BIT_IRQ);
	process_give(process, "timer.notify", monitor.console_notification, L4_WRITE, 1UL << CONSOLE_BIT_TIMER);
	name_clients(process, "client", 0);
	name_clients(process, "raw", PARTITION_GUEST);
	name_clients(process, "attach", PARTITION_ATTACHED);
}

void console_channel_reset(const struct part *client)
{
	if (client->console.exists)
		l4_signal(client->console.reset);
}
