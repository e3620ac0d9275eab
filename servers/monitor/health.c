/* SPDX-License-Identifier: BSD-2-Clause */
#include "health.h"

#include <stdio.h>

#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/time.h>

#include "lifecycle.h"
#include "say.h"
#include "schedules.h"

#define TEXT_SIZE 48

static const struct health_table *table_of(const struct part *part)
{
	return &part->description->health;
}

bool health_is_ignored(const struct part *part, enum health_event event)
{
	return table_of(part)->action[event] == HEALTH_IGNORE;
}

static l4_word_t window_ticks(const struct part *part)
{
	return process_ticks(l4_startup(), table_of(part)->restart_window);
}

/* Those that still count: all, or those in the window that ends now. */
static uint32_t restarts_made(const struct part *part)
{
	const struct health_state *health = &part->health;
	uint32_t kept = part->failures < HEALTH_WINDOW_RESTARTS_MAX ? part->failures : HEALTH_WINDOW_RESTARTS_MAX, made = 0;
	l4_word_t now = l4_now();
	if (!table_of(part)->restart_window)
		return part->failures;
	for (uint32_t i = 0; i < kept; i++)
		made += now - health->restarted[i] < window_ticks(part);
	return made;
}

uint32_t health_restarts_left(const struct part *part)
{
	uint32_t made = restarts_made(part), most = table_of(part)->restarts_max;
	return made < most ? most - made : 0;
}

static const char *limit_text(const struct part *part, char text[TEXT_SIZE])
{
	uint64_t window = table_of(part)->restart_window;
	if (window)
		snprintf(text, TEXT_SIZE, "%u times in %lu ms", table_of(part)->restarts_max, (unsigned long)(window / 1000000));
	else
		snprintf(text, TEXT_SIZE, "%u times", table_of(part)->restarts_max);
	return text;
}

static void restart(struct part *part, bool is_warm)
{
	char limit[TEXT_SIZE];
	uint32_t number = restarts_made(part) + 1;
	part->health.restarted[part->failures++ % HEALTH_WINDOW_RESTARTS_MAX] = l4_now();
	say("partition '%s' is restarted (%u of at most %s)", part->description->name, number, limit_text(part, limit));
	lifecycle_recover(part, is_warm);
}

static void escalate(struct part *part)
{
	char limit[TEXT_SIZE];
	bool halts = table_of(part)->escalation == HEALTH_HALT;
	if (!halts)
		lifecycle_fail(part);
	say("partition '%s' is not restarted again: that would be more than %s", part->description->name, limit_text(part, limit));
	if (halts)
		lifecycle_halt(part);
}

static void switch_schedule(const struct part *part, enum health_event event)
{
	unsigned int index = table_of(part)->schedule[event];
	say("schedule table '%s' is followed next, because of partition '%s'", monitor.handover->system.schedule[index].name, part->description->name);
	L4_REQUIRE(schedule_follow(index));
}

bool health_event(struct part *part, enum health_event event, bool is_over)
{
	enum health_action action = lifecycle_is_ending() ? HEALTH_STOP : table_of(part)->action[event];
	part->health.count[event]++;
	part->health.last = event;
	part->health.last_time = l4_now();
	switch (action) {
	case HEALTH_IGNORE:
	case HEALTH_LOG:
		return true;
	case HEALTH_RESTART:
	case HEALTH_RESTART_COLD:
		if (health_restarts_left(part))
			restart(part, action == HEALTH_RESTART);
		else
			escalate(part);
		return false;
	case HEALTH_SWITCH_SCHEDULE:
		switch_schedule(part, event);
		if (is_over)
			lifecycle_fail(part);
		return !is_over;
	case HEALTH_HALT:
		lifecycle_halt(part);
		return false;
	default:
		lifecycle_fail(part);
		return false;
	}
}
