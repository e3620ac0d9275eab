/* SPDX-License-Identifier: BSD-2-Clause */
#include "schedule_commands.h"

#include <l4/stubs.h>

#include "say.h"
#include "schedules.h"

_Static_assert(MONITOR_SCHED_PARTITIONS == SYSTEM_PARTITIONS_MAX, "the answer has a word for each partition");
_Static_assert(MONITOR_SCHED_FIRST + MONITOR_WINDOW_LENGTH <= L4_MESSAGE_WORDS, "a window fits into each answer");

static bool may_look(const struct part *client)
{
	return client->description->commands[MONITOR_COMMAND_SCHED];
}

static bool may_switch(const struct part *client, l4_word_t index)
{
	return client->description->commands[MONITOR_COMMAND_SCHEDULE] >> index & 1;
}

/* Whoever may do something about one knows its name. */
static int list(const struct part *client, l4_word_t index, struct answer *answer)
{
	l4_word_t look = may_look(client), follow = may_switch(client, index);
	if (look || follow)
		put_name(&answer->word[MONITOR_LIST_NAME], monitor.handover->system.schedule[index].name);
	answer->word[MONITOR_LIST_COMMANDS] = look << MONITOR_COMMAND_SCHED | follow << MONITOR_COMMAND_SCHEDULE;
	answer->length = MONITOR_LIST_LENGTH;
	return MONITOR_OK;
}

static void put_windows(const struct schedule *schedule, l4_word_t first, struct answer *answer)
{
	const struct schedule_window *window = &monitor.handover->system.window[schedule->first_window];
	answer->word[MONITOR_SCHED_WINDOWS] = schedule->window_count;
	for (l4_word_t i = first; i < schedule->window_count && answer->length + MONITOR_WINDOW_LENGTH <= L4_MESSAGE_WORDS; i++) {
		l4_word_t *words = &answer->word[answer->length];
		words[MONITOR_WINDOW_PARTITION] = window[i].partition;
		words[MONITOR_WINDOW_START] = window[i].start;
		words[MONITOR_WINDOW_WIDTH] = window[i].length;
		answer->length += MONITOR_WINDOW_LENGTH;
	}
}

static int tell(l4_word_t index, l4_word_t first, struct answer *answer)
{
	const struct schedule *schedule = &monitor.handover->system.schedule[index];
	l4_word_t *word = answer->word;
	answer->length = MONITOR_SCHED_FIRST;
	l4_schedule_info(monitor.schedule[index], NULL, NULL, NULL, &word[MONITOR_SCHED_STATE]);
	l4_schedule_control_info(monitor.handover->schedule_control, &word[MONITOR_SCHED_WINDOW], &word[MONITOR_SCHED_START], &word[MONITOR_SCHED_FRAMES],
				 &word[MONITOR_SCHED_MISSED], &word[MONITOR_SCHED_LATEST], NULL);
	word[MONITOR_SCHED_FRAME] = schedule->frame;
	word[MONITOR_SCHED_PAD] = schedule->pad;
	word[MONITOR_SCHED_SLACK] = schedule->slack == SYSTEM_NOBODY ? MONITOR_SCHED_NOBODY : schedule->slack;
	for (unsigned int i = 0; i < monitor.count; i++)
		word[MONITOR_SCHED_USED + i] = time_used(&monitor.part[i]);
	put_windows(schedule, first, answer);
	return MONITOR_OK;
}

static int follow(const struct part *client, l4_word_t index)
{
	const char *name = monitor.handover->system.schedule[index].name;
	if (schedule_follow((unsigned int)index) != L4_OK)
		return MONITOR_FAILED;
	say("schedule table '%s' is followed next, as '%s' asks", name, client->description->name);
	return MONITOR_OK;
}

bool is_about_schedules(l4_word_t label)
{
	return label == MONITOR_LIST_SCHEDULE || label == MONITOR_COMMAND + MONITOR_COMMAND_SCHED || label == MONITOR_COMMAND + MONITOR_COMMAND_SCHEDULE;
}

int schedule_command(struct part *client, l4_word_t label, const struct l4_registers *m, struct answer *answer)
{
	l4_word_t index = m->word[0];
	if (index >= monitor.handover->system.schedule_count)
		return MONITOR_NONE;
	switch (label) {
	case MONITOR_LIST_SCHEDULE:
		return list(client, index, answer);
	case MONITOR_COMMAND + MONITOR_COMMAND_SCHED:
		return may_look(client) ? tell(index, m->word[1], answer) : MONITOR_REFUSED;
	default:
		return may_switch(client, index) ? follow(client, index) : MONITOR_REFUSED;
	}
}
