/* SPDX-License-Identifier: BSD-2-Clause */
#include "watchdog.h"

#include <l4/health.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>

#include "health.h"
#include "say.h"
#include "schedules.h"

#define LOOKS 2 /* in its time; so many that find nothing are silence */

static uint64_t time_of(const struct part *part)
{
	return part->description->health.watchdog;
}

l4_status_t watchdogs_make(void)
{
	l4_status_t status = L4_OK;
	for (unsigned int i = 0; i < monitor.count && status == L4_OK; i++)
		if (time_of(&monitor.part[i]))
			status = l4_object_new(&monitor.objects, L4_TYPE_NOTIFICATION, &monitor.part[i].watchdog.alive);
	return status;
}

void watchdog_give(struct part *part)
{
	if (time_of(part))
		process_give(&part->program, L4_HEALTH_WATCHDOG, part->watchdog.alive, L4_WRITE, 1);
}

static l4_word_t next(const struct part *part)
{
	return part->watchdog.looked + process_ticks(l4_startup(), time_of(part)) / LOOKS;
}

void watchdog_begin(struct part *part)
{
	if (!time_of(part))
		return;
	l4_poll(part->watchdog.alive);
	part->watchdog.silent = 0;
	part->watchdog.is_heard = false;
	part->watchdog.looked = l4_now();
}

void watchdogs_begin(void)
{
	for (unsigned int i = 0; i < monitor.count; i++)
		if (monitor.part[i].state == PART_RUNNING)
			watchdog_begin(&monitor.part[i]);
}

/* Looks that find nothing, one after the other, and are silence. The first sign may take longer than the next. */
static l4_word_t looks_allowed(const struct part *part)
{
	uint64_t start = part->description->health.watchdog_start;
	return part->watchdog.is_heard ? LOOKS : LOOKS * ((start + time_of(part) - 1) / time_of(part));
}

static void tell(const struct part *part)
{
	const char *name = part->description->name;
	if (part->watchdog.is_heard)
		say("partition '%s' has given no sign of life for %lu ms", name, (unsigned long)(time_of(part) / 1000000));
	else
		say("partition '%s' has given no sign of life yet, for %lu ms", name, (unsigned long)(part->description->health.watchdog_start / 1000000));
}

static void look(struct part *part)
{
	bool is_alive = l4_poll(part->watchdog.alive), counts = schedules_let_run(part, part->watchdog.looked);
	part->watchdog.silent = is_alive ? 0 : part->watchdog.silent + counts;
	part->watchdog.is_heard = part->watchdog.is_heard || is_alive;
	part->watchdog.looked = l4_now();
	if (part->watchdog.silent < looks_allowed(part))
		return;
	part->watchdog.silent = 0;
	if (!health_is_ignored(part, HEALTH_WATCHDOG))
		tell(part);
	health_event(part, HEALTH_WATCHDOG, false);
}

static bool is_watched(const struct part *part)
{
	return part->state == PART_RUNNING && time_of(part);
}

void watchdogs_look(void)
{
	for (unsigned int i = 0; i < monitor.count; i++)
		if (is_watched(&monitor.part[i]) && next(&monitor.part[i]) <= l4_now())
			look(&monitor.part[i]);
}

l4_word_t watchdogs_next(void)
{
	l4_word_t first = 0;
	for (unsigned int i = 0; i < monitor.count; i++)
		if (is_watched(&monitor.part[i]) && (first == 0 || next(&monitor.part[i]) < first))
			first = next(&monitor.part[i]);
	return first;
}
