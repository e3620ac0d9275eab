/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include <string.h>

#include <l4/stubs.h>
#include <servers/layout.h>

#include "allowance.h"
#include "health.h"
#include "lifecycle.h"
#include "log.h"
#include "port_state.h"
#include "schedule_commands.h"

#define PAGE_SIZE (1UL << L4_PAGE_BITS)
#define FIXED_REGIONS 2 /* stack and heap; after them come those that are shared */

static bool may(const struct part *client, enum monitor_command command, const struct part *about)
{
	return client->description->commands[command] >> about->index & 1;
}

static l4_word_t commands_about(const struct part *client, const struct part *about)
{
	l4_word_t commands = 0;
	for (unsigned int i = 0; i < MONITOR_COMMANDS; i++)
		if (i != MONITOR_COMMAND_SCHEDULE) /* which is about tables */
			commands |= (l4_word_t)may(client, i, about) << i;
	return commands;
}

static bool may_anything(const struct part *client)
{
	for (unsigned int i = 0; i < MONITOR_COMMANDS; i++)
		if (client->description->commands[i])
			return true;
	return false;
}

void put_name(l4_word_t *words, const char *name)
{
	size_t length = strlen(name), most = MONITOR_NAME_WORDS * sizeof(l4_word_t) - 1;
	memcpy(words, name, length < most ? length : most);
}

static int list(const struct part *client, const struct part *about, struct answer *answer)
{
	answer->length = MONITOR_LIST_LENGTH;
	answer->word[MONITOR_LIST_COMMANDS] = commands_about(client, about);
	put_name(&answer->word[MONITOR_LIST_NAME], about->description->name);
	return MONITOR_OK;
}

/* --- ps --- */

static enum monitor_ps_kind kind_of(const struct part *part)
{
	if (part_is(part, PARTITION_MONITOR | PARTITION_CONSOLE))
		return MONITOR_KIND_SERVER;
	if (part_is(part, PARTITION_GUEST))
		return MONITOR_KIND_GUEST;
	return part_is(part, PARTITION_PAGED) ? MONITOR_KIND_PAGED : MONITOR_KIND_NATIVE;
}

static enum monitor_ps_state state_of(const struct part *part)
{
	static const enum monitor_ps_state states[] = {
		[PART_DOWN] = MONITOR_STATE_STOPPED, [PART_RUNNING] = MONITOR_STATE_RUNNING,
		[PART_ENDED] = MONITOR_STATE_ENDED, [PART_FAILED] = MONITOR_STATE_FAULTED,
	};
	return part_is(part, PARTITION_MONITOR) ? MONITOR_STATE_RUNNING : states[part->state];
}

/* A VMM runs on time that it makes itself, of which the monitor has no capability. */
l4_word_t time_used(const struct part *part)
{
	l4_word_t used = 0;
	if (part_is(part, PARTITION_GUEST))
		return MONITOR_PS_UNKNOWN;
	if (part_is(part, PARTITION_MONITOR))
		l4_thread_info(L4_SLOT_THREAD, NULL, NULL, &used);
	else if (part->state == PART_RUNNING)
		l4_sched_context_info(part->program.sched_context, &used, NULL, NULL);
	return used;
}

static int ps(const struct part *part, struct answer *answer)
{
	const struct partition *description = part->description;
	answer->length = MONITOR_PS_LENGTH;
	answer->word[MONITOR_PS_KIND] = kind_of(part);
	answer->word[MONITOR_PS_STATE] = state_of(part);
	answer->word[MONITOR_PS_FAILURES] = part->failures;
	answer->word[MONITOR_PS_STARTS] = part_is(part, PARTITION_MONITOR) ? 1 : part->incarnation;
	answer->word[MONITOR_PS_PRIORITY] = description->priority;
	answer->word[MONITOR_PS_BUDGET] = description->budget;
	answer->word[MONITOR_PS_PERIOD] = description->period;
	answer->word[MONITOR_PS_USED] = time_used(part);
	return MONITOR_OK;
}

/* --- mem --- */

static struct process_region fixed_region(const struct partition *description, unsigned int index)
{
	if (index == 0)
		return (struct process_region){"stack", LAYOUT_STACK_TOP - description->stack_pages * PAGE_SIZE, LAYOUT_STACK_TOP, L4_READ | L4_WRITE};
	return (struct process_region){"heap", LAYOUT_HEAP, LAYOUT_HEAP + description->heap_pages * PAGE_SIZE, L4_READ | L4_WRITE};
}

static void put_region(l4_word_t *words, const struct process_region *region)
{
	put_name(&words[MONITOR_REGION_NAME], region->name);
	words[MONITOR_REGION_START] = region->vaddr;
	words[MONITOR_REGION_SIZE] = region->end - region->vaddr;
	words[MONITOR_REGION_RIGHTS] = region->rights;
}

static void put_regions(const struct part *part, l4_word_t first, struct answer *answer)
{
	unsigned int count = part->state == PART_RUNNING ? FIXED_REGIONS + part->program.region_count : 0;
	answer->word[MONITOR_MEM_REGIONS] = count;
	for (l4_word_t i = first; i < count && answer->length + MONITOR_REGION_LENGTH <= L4_MESSAGE_WORDS; i++) {
		struct process_region fixed = fixed_region(part->description, (unsigned int)i);
		put_region(&answer->word[answer->length], i < FIXED_REGIONS ? &fixed : &part->program.region[i - FIXED_REGIONS]);
		answer->length += MONITOR_REGION_LENGTH;
	}
}

static int mem(const struct part *part, l4_word_t first, struct answer *answer)
{
	const struct l4_objects *objects = part_is(part, PARTITION_MONITOR) ? &monitor.objects : &part->objects;
	answer->length = MONITOR_MEM_REGION;
	answer->word[MONITOR_MEM_KERNEL] = 1UL << part->description->object_bits;
	answer->word[MONITOR_MEM_KERNEL_FREE] = l4_objects_left(objects, L4_MEMORY_OBJECT);
	answer->word[MONITOR_MEM_KERNEL_GIVEN] = part->given[L4_MEMORY_OBJECT];
	answer->word[MONITOR_MEM_USER] = 1UL << part->description->user_bits;
	answer->word[MONITOR_MEM_USER_FREE] = l4_objects_left(objects, L4_MEMORY_USER);
	answer->word[MONITOR_MEM_USER_GIVEN] = part->given[L4_MEMORY_USER];
	answer->word[MONITOR_MEM_GUEST] = part->description->guest_memory + part->description->disk_memory;
	put_regions(part, first, answer);
	return MONITOR_OK;
}

/* --- caps --- */

/*
 * What is in the slot now may be something else, where the program holds its own cnode. One that is cut off from the monitor will have its capability
 * again.
 */
static void put_cap(const struct part *part, const struct l4_startup_entry *entry, l4_word_t *words)
{
	bool is_away = part->is_cut_off && entry->value == part->monitor_slot;
	put_name(&words[MONITOR_CAP_NAME], entry->name);
	words[MONITOR_CAP_SLOT] = entry->value;
	l4_cnode_identify(is_away ? L4_SLOT_CNODE : part->program.cnode, is_away ? part->monitor_cap : entry->value, &words[MONITOR_CAP_TYPE],
			  &words[MONITOR_CAP_RIGHTS], &words[MONITOR_CAP_BADGE], NULL, NULL);
	if (is_away)
		words[MONITOR_CAP_RIGHTS] = L4_WRITE;
}

static int caps(const struct part *part, l4_word_t first, struct answer *answer)
{
	const struct process *process = &part->program;
	answer->length = MONITOR_CAPS_FIRST;
	if (part->state != PART_RUNNING)
		return MONITOR_OK;
	answer->word[MONITOR_CAPS_UNTYPEDS] = process->startup.untyped_count;
	answer->word[MONITOR_CAPS_GIVEN] = process->given;
	for (uint32_t i = 0; i < process->startup.entry_count; i++) {
		if (!(process->capabilities >> i & 1))
			continue;
		if (answer->word[MONITOR_CAPS_NAMED]++ < first || answer->length + MONITOR_CAP_LENGTH > L4_MESSAGE_WORDS)
			continue;
		put_cap(part, &process->startup.entry[i], &answer->word[answer->length]);
		answer->length += MONITOR_CAP_LENGTH;
	}
	return MONITOR_OK;
}

/* --- health --- */

static bool restarts(const struct health_table *table)
{
	for (unsigned int i = 0; i < HEALTH_EVENTS; i++)
		if (health_restarts(table->action[i]))
			return true;
	return false;
}

/* Which of the events can be its is the partition's kind to say. */
static bool can_be(const struct part *part, enum health_event event)
{
	if (event == HEALTH_WATCHDOG)
		return part->description->health.watchdog;
	return (event == HEALTH_GUEST_PANIC || event == HEALTH_VMM_DEATH) == (part_is(part, PARTITION_GUEST) != 0);
}

static int health(const struct part *part, struct answer *answer)
{
	const struct health_table *table = &part->description->health;
	bool any = false;
	answer->length = MONITOR_HEALTH_LENGTH;
	for (unsigned int i = 0; i < HEALTH_EVENTS; i++) {
		answer->word[MONITOR_HEALTH_COUNT + i] = part->health.count[i];
		answer->word[MONITOR_HEALTH_ACTION + i] = can_be(part, i) ? table->action[i] : MONITOR_HEALTH_NEVER;
		any |= part->health.count[i] > 0;
		if (table->action[i] == HEALTH_SWITCH_SCHEDULE)
			put_name(&answer->word[MONITOR_HEALTH_SCHEDULE + i * MONITOR_NAME_WORDS], monitor.handover->system.schedule[table->schedule[i]].name);
	}
	answer->word[MONITOR_HEALTH_LAST] = any ? part->health.last : HEALTH_EVENTS;
	answer->word[MONITOR_HEALTH_LAST_TIME] = part->health.last_time;
	answer->word[MONITOR_HEALTH_RESTARTS] = part->failures;
	answer->word[MONITOR_HEALTH_LEFT] = restarts(table) ? health_restarts_left(part) : MONITOR_HEALTH_NEVER;
	return MONITOR_OK;
}

/* --- log --- */

static int tell_line(l4_word_t number, struct answer *answer)
{
	const struct log_line *line = log_line(number);
	if (!line)
		return MONITOR_NONE;
	answer->word[MONITOR_LOG_NUMBER] = line->number;
	answer->word[MONITOR_LOG_END] = log_count();
	answer->word[MONITOR_LOG_TIME] = line->time;
	answer->word[MONITOR_LOG_SIZE] = line->size;
	memcpy(&answer->word[MONITOR_LOG_TEXT], line->text, line->size);
	answer->length = MONITOR_LOG_TEXT + (line->size + sizeof(l4_word_t) - 1) / sizeof(l4_word_t);
	return MONITOR_OK;
}

/* --- restart, stop, start --- */

static int change(struct part *client, enum monitor_command command, struct part *part)
{
	const char *who = client->description->name;
	if (part_is(part, PARTITION_MONITOR) || lifecycle_is_ending())
		return MONITOR_REFUSED;
	if ((command == MONITOR_COMMAND_STOP) != (part->state == PART_RUNNING) && command != MONITOR_COMMAND_RESTART)
		return MONITOR_ALREADY;
	client->unpaid += ALLOWANCE_MESSAGES;
	if (command == MONITOR_COMMAND_STOP)
		lifecycle_stop(part, who);
	else
		lifecycle_restart(part, who);
	if (part == client)
		return NO_ANSWER;
	return command == MONITOR_COMMAND_STOP || part->state == PART_RUNNING ? MONITOR_OK : MONITOR_FAILED;
}

static int about(struct part *client, enum monitor_command command, const struct l4_registers *m, struct answer *answer)
{
	if (m->word[0] >= monitor.count)
		return MONITOR_NONE;
	struct part *part = &monitor.part[m->word[0]];
	if (!may(client, command, part))
		return MONITOR_REFUSED;
	switch (command) {
	case MONITOR_COMMAND_PS:
		return ps(part, answer);
	case MONITOR_COMMAND_MEM:
		return mem(part, m->word[1], answer);
	case MONITOR_COMMAND_CAPS:
		return caps(part, m->word[1], answer);
	case MONITOR_COMMAND_HEALTH:
		return health(part, answer);
	case MONITOR_COMMAND_PORTS:
		return port_states(part, m->word[1], answer);
	default:
		return change(client, command, part);
	}
}

int command(struct part *client, l4_word_t label, const struct l4_registers *m, struct answer *answer)
{
	if (!may_anything(client) || label < MONITOR_LIST_SCHEDULE || label >= MONITOR_COMMAND + MONITOR_COMMANDS)
		return MONITOR_REFUSED;
	if (label == MONITOR_LIST)
		return m->word[0] < monitor.count ? list(client, &monitor.part[m->word[0]], answer) : MONITOR_NONE;
	if (is_about_schedules(label))
		return schedule_command(client, label, m, answer);
	if (label == MONITOR_COMMAND + MONITOR_COMMAND_LOG)
		return client->description->commands[MONITOR_COMMAND_LOG] ? tell_line(m->word[0], answer) : MONITOR_REFUSED;
	return about(client, (enum monitor_command)(label - MONITOR_COMMAND), m, answer);
}
