/* SPDX-License-Identifier: BSD-2-Clause */
#include "show.h"

#include <stdio.h>
#include <string.h>

#include <l4/debug.h>
#include <l4/time.h>
#include <servers/monitor.h>

#define TEXT_SIZE 24

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *word_of(const char *const *words, size_t count, l4_word_t index)
{
	return index < count ? words[index] : "?";
}

/* A time as the description writes it. */
static const char *time_text(char text[TEXT_SIZE], l4_word_t nanoseconds)
{
	if (nanoseconds % 1000000 == 0)
		snprintf(text, TEXT_SIZE, "%lums", nanoseconds / 1000000);
	else
		snprintf(text, TEXT_SIZE, "%luus", nanoseconds / 1000);
	return text;
}

static const char *seconds_text(char text[TEXT_SIZE], l4_word_t ticks)
{
	l4_word_t microseconds = l4_microseconds_of_ticks(ticks);
	snprintf(text, TEXT_SIZE, "%lu.%06lu", microseconds / 1000000, microseconds % 1000000);
	return text;
}

static const char *size_text(char text[TEXT_SIZE], l4_word_t bytes)
{
	if (bytes > 0 && bytes % (1UL << 20) == 0)
		snprintf(text, TEXT_SIZE, "%luM", bytes >> 20);
	else if (bytes % (1UL << 10) == 0)
		snprintf(text, TEXT_SIZE, "%luK", bytes >> 10);
	else
		snprintf(text, TEXT_SIZE, "%lu", bytes);
	return text;
}

static const char *rights_text(char text[TEXT_SIZE], l4_word_t rights)
{
	snprintf(text, TEXT_SIZE, "%c%c%c%c", rights & L4_READ ? 'r' : '-', rights & L4_WRITE ? 'w' : '-', rights & L4_EXECUTE ? 'x' : '-',
		 rights & L4_GRANT ? 'g' : '-');
	return text;
}

/* --- ps --- */

static void show_ps_head(void)
{
	printf("%-15s  %-6s  %-7s  %6s  %6s  %4s  %-14s  %s\n", "PARTITION", "KIND", "STATE", "STARTS", "FAULTS", "PRIO", "BUDGET/PERIOD", "SECONDS USED");
}

bool show_ps(l4_word_t index, const char *name, bool first, struct reply *reply)
{
	static const char *const kinds[] = {
		[MONITOR_KIND_SERVER] = "server", [MONITOR_KIND_NATIVE] = "native", [MONITOR_KIND_PAGED] = "paged", [MONITOR_KIND_GUEST] = "guest",
	};
	static const char *const states[] = {
		[MONITOR_STATE_STOPPED] = "stopped", [MONITOR_STATE_RUNNING] = "running", [MONITOR_STATE_ENDED] = "ended", [MONITOR_STATE_FAULTED] = "faulted",
	};
	char budget[TEXT_SIZE], period[TEXT_SIZE], used[TEXT_SIZE], time[2 * TEXT_SIZE] = "no limit";
	const l4_word_t *word = reply->word;
	if (!ask(MONITOR_COMMAND + MONITOR_COMMAND_PS, index, 0, reply))
		return false;
	if (first)
		show_ps_head();
	if (word[MONITOR_PS_BUDGET] != word[MONITOR_PS_PERIOD])
		snprintf(time, sizeof(time), "%s/%s", time_text(budget, word[MONITOR_PS_BUDGET]), time_text(period, word[MONITOR_PS_PERIOD]));
	printf("%-15s  %-6s  %-7s  %6lu  %6lu  %4lu  %-14s  %s\n", name, word_of(kinds, COUNT(kinds), word[MONITOR_PS_KIND]),
	       word_of(states, COUNT(states), word[MONITOR_PS_STATE]), word[MONITOR_PS_STARTS], word[MONITOR_PS_FAILURES], word[MONITOR_PS_PRIORITY], time,
	       word[MONITOR_PS_USED] == MONITOR_PS_UNKNOWN ? "-" : seconds_text(used, word[MONITOR_PS_USED]));
	return true;
}

/* --- mem --- */

static void show_mem_head(void)
{
	printf("%-15s  %26s  %26s  %7s\n", "", "KERNEL OBJECTS", "PROGRAMS", "GUEST'S");
	printf("%-15s  %8s %8s %8s  %8s %8s %8s  %7s\n", "PARTITION", "ALL", "FREE", "GIVEN", "ALL", "FREE", "GIVEN", "MEMORY");
}

bool show_mem(l4_word_t index, const char *name, bool first, struct reply *reply)
{
	char text[MONITOR_MEM_REGIONS][TEXT_SIZE];
	if (!ask(MONITOR_COMMAND + MONITOR_COMMAND_MEM, index, 0, reply))
		return false;
	if (first)
		show_mem_head();
	for (int i = 0; i < MONITOR_MEM_REGIONS; i++)
		size_text(text[i], reply->word[i]);
	printf("%-15s  %8s %8s %8s  %8s %8s %8s  %7s\n", name, text[MONITOR_MEM_KERNEL], text[MONITOR_MEM_KERNEL_FREE], text[MONITOR_MEM_KERNEL_GIVEN],
	       text[MONITOR_MEM_USER], text[MONITOR_MEM_USER_FREE], text[MONITOR_MEM_USER_GIVEN],
	       reply->word[MONITOR_MEM_GUEST] ? text[MONITOR_MEM_GUEST] : "-");
	return true;
}

static void show_region(const l4_word_t *word)
{
	char name[NAME_SIZE], size[TEXT_SIZE], rights[TEXT_SIZE];
	name_of(&word[MONITOR_REGION_NAME], name);
	printf("  0x%08lx  %8s  %s  %s\n", word[MONITOR_REGION_START], size_text(size, word[MONITOR_REGION_SIZE]),
	       rights_text(rights, word[MONITOR_REGION_RIGHTS]), name);
}

bool show_regions(l4_word_t index, struct reply *reply)
{
	l4_word_t shown = 0, all = 1;
	while (shown < all) {
		l4_word_t at = MONITOR_MEM_REGION;
		if (!ask(MONITOR_COMMAND + MONITOR_COMMAND_MEM, index, shown, reply))
			return false;
		all = reply->word[MONITOR_MEM_REGIONS];
		for (; at + MONITOR_REGION_LENGTH <= reply->length; at += MONITOR_REGION_LENGTH, shown++)
			show_region(&reply->word[at]);
		if (at == MONITOR_MEM_REGION)
			break; /* it was stopped meanwhile, and has no more */
	}
	return true;
}

/* --- caps --- */

static void show_cap(const l4_word_t *word)
{
	char name[NAME_SIZE], rights[TEXT_SIZE];
	name_of(&word[MONITOR_CAP_NAME], name);
	printf("  %4lu  %-13s  %s  %#10lx  %s\n", word[MONITOR_CAP_SLOT], l4_type_name(word[MONITOR_CAP_TYPE]), rights_text(rights, word[MONITOR_CAP_RIGHTS]),
	       word[MONITOR_CAP_BADGE], name);
}

static void show_other_caps(const char *name, const l4_word_t *word)
{
	printf("%s was given %lu capabilities, %lu of them by name", name, word[MONITOR_CAPS_GIVEN], word[MONITOR_CAPS_NAMED]);
	if (word[MONITOR_CAPS_UNTYPEDS])
		printf(", and %lu pieces of memory to make objects of", word[MONITOR_CAPS_UNTYPEDS]);
	printf("\n");
}

bool show_caps(l4_word_t index, const char *name, struct reply *reply)
{
	l4_word_t shown = 0, all = 1;
	while (shown < all) {
		l4_word_t at = MONITOR_CAPS_FIRST;
		if (!ask(MONITOR_COMMAND + MONITOR_COMMAND_CAPS, index, shown, reply))
			return false;
		if (shown == 0)
			printf("  %4s  %-13s  %s  %10s  %s\n", "SLOT", "TYPE", "RWXG", "BADGE", "NAME");
		all = reply->word[MONITOR_CAPS_NAMED];
		for (; at + MONITOR_CAP_LENGTH <= reply->length; at += MONITOR_CAP_LENGTH, shown++)
			show_cap(&reply->word[at]);
		if (at == MONITOR_CAPS_FIRST)
			break;
	}
	show_other_caps(name, reply->word);
	return true;
}

/* --- health --- */

static const char *const events[] = HEALTH_EVENT_NAMES;

static void show_health_head(void)
{
	printf("%-15s  %8s  %8s  %4s  %-19s  %s\n", "PARTITION", "EVENTS", "RESTARTS", "LEFT", "LAST EVENT", "SECONDS");
}

bool show_health(l4_word_t index, const char *name, bool first, struct reply *reply)
{
	char left[TEXT_SIZE] = "-", time[TEXT_SIZE];
	const l4_word_t *word = reply->word;
	l4_word_t sum = 0;
	if (!ask(MONITOR_COMMAND + MONITOR_COMMAND_HEALTH, index, 0, reply))
		return false;
	if (first)
		show_health_head();
	for (unsigned int i = 0; i < HEALTH_EVENTS; i++)
		sum += word[MONITOR_HEALTH_COUNT + i];
	if (word[MONITOR_HEALTH_LEFT] != MONITOR_HEALTH_NEVER)
		snprintf(left, sizeof(left), "%lu", word[MONITOR_HEALTH_LEFT]);
	printf("%-15s  %8lu  %8lu  %4s  %-19s  %s\n", name, sum, word[MONITOR_HEALTH_RESTARTS], left,
	       sum ? word_of(events, COUNT(events), word[MONITOR_HEALTH_LAST]) : "-", sum ? seconds_text(time, word[MONITOR_HEALTH_LAST_TIME]) : "-");
	return true;
}

void show_health_rows(const struct reply *reply)
{
	static const char *const actions[] = HEALTH_ACTION_NAMES;
	printf("  %-19s  %8s  %s\n", "EVENT", "TIMES", "ACTION");
	for (unsigned int i = 0; i < HEALTH_EVENTS; i++) {
		l4_word_t action = reply->word[MONITOR_HEALTH_ACTION + i];
		char table[NAME_SIZE];
		if (action == MONITOR_HEALTH_NEVER)
			continue;
		name_of(&reply->word[MONITOR_HEALTH_SCHEDULE + i * MONITOR_NAME_WORDS], table);
		printf("  %-19s  %8lu  %s%s%s\n", events[i], reply->word[MONITOR_HEALTH_COUNT + i], word_of(actions, COUNT(actions), action),
		       table[0] ? ":" : "", table);
	}
}

/* --- sched --- */

/* The windows of one table, and how long each partition has in its frame. */
static bool show_windows(l4_word_t index, l4_word_t times[PARTITIONS_MAX], struct reply *reply)
{
	l4_word_t shown = 0, all = 1;
	while (shown < all) {
		l4_word_t at = MONITOR_SCHED_FIRST;
		char name[NAME_SIZE], start[TEXT_SIZE], length[TEXT_SIZE];
		l4_word_t commands;
		if (!ask(MONITOR_COMMAND + MONITOR_COMMAND_SCHED, index, shown, reply))
			return false;
		all = reply->word[MONITOR_SCHED_WINDOWS];
		for (; at + MONITOR_WINDOW_LENGTH <= reply->length; at += MONITOR_WINDOW_LENGTH, shown++) {
			const l4_word_t *word = &reply->word[at];
			if (!partition_at(word[MONITOR_WINDOW_PARTITION], name, &commands))
				return false;
			times[word[MONITOR_WINDOW_PARTITION]] += word[MONITOR_WINDOW_WIDTH] - reply->word[MONITOR_SCHED_PAD];
			printf("  %10s  %10s  %s\n", time_text(start, word[MONITOR_WINDOW_START]), time_text(length, word[MONITOR_WINDOW_WIDTH]), name);
		}
		if (at == MONITOR_SCHED_FIRST)
			break;
	}
	return true;
}

static void show_table_head(const char *name, const l4_word_t *word)
{
	static const char *const states[] = {
		[L4_SCHEDULE_UNUSED] = "", [L4_SCHEDULE_FOLLOWED] = " is followed", [L4_SCHEDULE_NEXT] = " is followed next",
	};
	char frame[TEXT_SIZE], pad[TEXT_SIZE], slack[NAME_SIZE] = "nobody";
	l4_word_t commands;
	if (word[MONITOR_SCHED_SLACK] != MONITOR_SCHED_NOBODY)
		partition_at(word[MONITOR_SCHED_SLACK], slack, &commands);
	printf("%s%s: frame %s, pad %s, slack: %s\n", name, word_of(states, COUNT(states), word[MONITOR_SCHED_STATE]),
	       time_text(frame, word[MONITOR_SCHED_FRAME]), time_text(pad, word[MONITOR_SCHED_PAD]), slack);
}

/* Of the table that is followed. */
static void show_times(const l4_word_t times[PARTITIONS_MAX], l4_word_t frame, const l4_word_t *used)
{
	char name[NAME_SIZE], time[TEXT_SIZE], seconds[TEXT_SIZE];
	l4_word_t commands;
	printf("%-15s  %12s  %8s  %s\n", "PARTITION", "OF THE FRAME", "", "SECONDS USED");
	for (l4_word_t i = 0; i < MONITOR_SCHED_PARTITIONS && partition_at(i, name, &commands); i++) {
		l4_word_t thousandths = frame ? times[i] * 1000 / frame : 0;
		printf("%-15s  %12s  %6lu.%lu%%  %s\n", name, time_text(time, times[i]), thousandths / 10, thousandths % 10,
		       used[i] == MONITOR_PS_UNKNOWN ? "-" : seconds_text(seconds, used[i]));
	}
}

bool show_sched(struct reply *reply)
{
	char name[NAME_SIZE];
	l4_word_t commands = 0, frame = 0, followed[PARTITIONS_MAX] = {0};
	for (l4_word_t i = 0; schedule_at(i, name, &commands); i++) {
		l4_word_t times[PARTITIONS_MAX] = {0};
		if (!ask(MONITOR_COMMAND + MONITOR_COMMAND_SCHED, i, 0, reply))
			return false;
		show_table_head(name, reply->word);
		if (!show_windows(i, times, reply))
			return false;
		if (reply->word[MONITOR_SCHED_STATE] == L4_SCHEDULE_FOLLOWED) {
			frame = reply->word[MONITOR_SCHED_FRAME];
			memcpy(followed, times, sizeof(followed));
		}
	}
	if (!ask(MONITOR_COMMAND + MONITOR_COMMAND_SCHED, 0, 0, reply))
		return false;
	show_times(followed, frame, &reply->word[MONITOR_SCHED_USED]);
	printf("%lu frames have ended, %lu windows were missed, nobody was let in more than %lu us late\n", reply->word[MONITOR_SCHED_FRAMES],
	       reply->word[MONITOR_SCHED_MISSED], l4_microseconds_of_ticks(reply->word[MONITOR_SCHED_LATEST]));
	return true;
}

/* --- ports --- */

static void show_ports_head(void)
{
	printf("%-15s  %-8s  %-7s  %-15s  %-15s  %6s  %5s  %10s  %7s  %9s  %s\n", "PORT", "KIND", "IF FULL", "FROM", "TO", "SIZE", "DEPTH", "MESSAGES", "WAITING",
	       "OVERFLOWS", "AGE, SECONDS");
}

static void show_port(const l4_word_t *word)
{
	static const char *const kinds[] = {[MONITOR_PORT_SAMPLING] = "sampling", [MONITOR_PORT_REFUSE] = "queuing", [MONITOR_PORT_OLDEST] = "queuing"};
	static const char *const rules[] = {[MONITOR_PORT_SAMPLING] = "-", [MONITOR_PORT_REFUSE] = "refuse", [MONITOR_PORT_OLDEST] = "oldest"};
	char name[NAME_SIZE], from[NAME_SIZE] = "?", to[NAME_SIZE] = "?", size[TEXT_SIZE], depth[TEXT_SIZE] = "-", waiting[TEXT_SIZE] = "-", age[TEXT_SIZE];
	l4_word_t may;
	name_of(&word[MONITOR_PORT_NAME], name);
	partition_at(word[MONITOR_PORT_FROM], from, &may);
	partition_at(word[MONITOR_PORT_TO], to, &may);
	if (word[MONITOR_PORT_DEPTH]) {
		snprintf(depth, sizeof(depth), "%lu", word[MONITOR_PORT_DEPTH]);
		snprintf(waiting, sizeof(waiting), "%lu", word[MONITOR_PORT_WAITING]);
	}
	printf("%-15s  %-8s  %-7s  %-15s  %-15s  %6s  %5s  %10lu  %7s  %9lu  %s\n", name, word_of(kinds, COUNT(kinds), word[MONITOR_PORT_KIND]),
	       word_of(rules, COUNT(rules), word[MONITOR_PORT_KIND]), from, to, size_text(size, word[MONITOR_PORT_SIZE]), depth, word[MONITOR_PORT_MESSAGES],
	       waiting, word[MONITOR_PORT_OVERFLOWS], word[MONITOR_PORT_AGE] == MONITOR_PORT_NEVER ? "-" : seconds_text(age, word[MONITOR_PORT_AGE]));
}

/* A table of all has each port once: with its source, where that may be asked about. */
static bool is_shown(const l4_word_t *word, l4_word_t index, bool all)
{
	char name[NAME_SIZE];
	l4_word_t may = 0;
	if (all || word[MONITOR_PORT_FROM] == index)
		return true;
	return partition_at(word[MONITOR_PORT_FROM], name, &may) && !(may >> MONITOR_COMMAND_PORTS & 1);
}

bool show_ports(l4_word_t index, bool all, bool first, struct reply *reply)
{
	l4_word_t seen = 0, count = 1;
	if (first)
		show_ports_head();
	while (seen < count) {
		l4_word_t at = MONITOR_PORTS_FIRST;
		if (!ask(MONITOR_COMMAND + MONITOR_COMMAND_PORTS, index, seen, reply))
			return false;
		count = reply->word[MONITOR_PORTS_ALL];
		for (; at + MONITOR_PORT_LENGTH <= reply->length; at += MONITOR_PORT_LENGTH, seen++)
			if (is_shown(&reply->word[at], index, all))
				show_port(&reply->word[at]);
		if (at == MONITOR_PORTS_FIRST)
			break;
	}
	return true;
}

/* --- log --- */

static void show_line(const struct reply *reply)
{
	char time[TEXT_SIZE];
	printf("[%13s] %.*s\n", seconds_text(time, reply->word[MONITOR_LOG_TIME]), (int)reply->word[MONITOR_LOG_SIZE],
	       (const char *)&reply->word[MONITOR_LOG_TEXT]);
}

/* Lines that come while these are shown are for the next time: else there might be no end. */
bool show_log(l4_word_t count, struct reply *reply)
{
	if (!ask(MONITOR_COMMAND + MONITOR_COMMAND_LOG, 0, 0, reply))
		return reply->label == MONITOR_NONE; /* nothing was said yet */
	l4_word_t end = reply->word[MONITOR_LOG_END], next = end < count ? 0 : end - count;
	while (next < end && ask(MONITOR_COMMAND + MONITOR_COMMAND_LOG, next, 0, reply)) {
		show_line(reply);
		next = reply->word[MONITOR_LOG_NUMBER] + 1;
	}
	return true;
}
