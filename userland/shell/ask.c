/* SPDX-License-Identifier: BSD-2-Clause */
#include "ask.h"

#include <string.h>

#include <l4/ipc.h>
#include <l4/startup.h>
#include <l4/time.h>
#include <servers/monitor.h>

/* A restart may cost half a second of not being heard (docs/servers.md, "Who pays"). */
#define TRIES 2000
#define PAUSE_US 1000

static void pause_for(l4_word_t microseconds)
{
	l4_word_t end = l4_now() + l4_ticks_of_microseconds(microseconds);
	while (l4_now() < end)
		l4_yield();
}

static void take_words(const struct l4_registers *m, l4_word_t tag, struct reply *reply)
{
	reply->length = l4_tag_length(tag);
	memcpy(reply->word, m->word, sizeof(m->word));
	for (l4_word_t i = L4_MESSAGE_REGISTERS; i < reply->length; i++)
		reply->word[i] = l4_ipc_buffer->message[i];
}

bool ask(l4_word_t label, l4_word_t first, l4_word_t second, struct reply *reply)
{
	struct l4_result result = {.status = L4_INVALID_CAP};
	struct l4_registers m;
	for (int i = 0; i < TRIES && result.status != L4_OK; i++) {
		if (i > 0)
			pause_for(PAUSE_US);
		m = (struct l4_registers){{first, second}};
		result = l4_call(l4_startup_cap("monitor"), l4_tag(label, 2), &m);
	}
	memset(reply, 0, sizeof(*reply));
	reply->label = result.status == L4_OK ? (int)l4_tag_label(result.tag) : UNHEARD;
	if (reply->label == MONITOR_OK)
		take_words(&m, result.tag, reply);
	return reply->label == MONITOR_OK;
}

void name_of(const l4_word_t *words, char name[NAME_SIZE])
{
	memcpy(name, words, NAME_SIZE);
	name[NAME_SIZE - 1] = 0;
}

static bool item_at(l4_word_t label, l4_word_t index, char name[NAME_SIZE], l4_word_t *commands)
{
	struct reply reply;
	if (index >= PARTITIONS_MAX || !ask(label, index, 0, &reply))
		return false;
	name_of(&reply.word[MONITOR_LIST_NAME], name);
	*commands = reply.word[MONITOR_LIST_COMMANDS];
	return true;
}

bool partition_at(l4_word_t index, char name[NAME_SIZE], l4_word_t *commands)
{
	return item_at(MONITOR_LIST, index, name, commands);
}

bool schedule_at(l4_word_t index, char name[NAME_SIZE], l4_word_t *commands)
{
	return item_at(MONITOR_LIST_SCHEDULE, index, name, commands);
}
