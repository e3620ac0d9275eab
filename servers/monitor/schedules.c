/* SPDX-License-Identifier: BSD-2-Clause */
#include "schedules.h"

#include <stdio.h>

#include <l4/schedule.h>
#include <l4/stubs.h>

#define TABLE_HEAD 96 /* bytes of a schedule, and of each of its windows: libl4/abi/abi.toml */
#define TABLE_WINDOW 72
#define TABLE_BITS_MIN 8

static const struct system_description *description(void)
{
	return &monitor.handover->system;
}

static l4_word_t ticks(l4_word_t nanoseconds)
{
	return process_ticks(l4_startup(), nanoseconds);
}

/* --- Domains --- */

static l4_status_t make_domains(void)
{
	l4_status_t status = L4_OK;
	for (unsigned int i = 0; i < monitor.count && status == L4_OK; i++) {
		struct part *part = &monitor.part[i];
		part->domain = monitor.handover->domain;
		if (description()->schedule_count && !part_is(part, PARTITION_MONITOR))
			status = l4_object_new(&monitor.objects, L4_TYPE_DOMAIN, &part->domain);
	}
	return status;
}

static l4_status_t confine_interrupts(void)
{
	l4_status_t status = L4_OK;
	const struct part *console = part_with(PARTITION_CONSOLE);
	if (console && part_is(console, PARTITION_CONFINED))
		status = l4_irq_handler_confine(monitor.handover->uart.interrupt, console->domain);
	for (uint32_t i = 0; i < description()->device_count && status == L4_OK; i++) {
		const struct device *device = &description()->device[i];
		if (device->is_confined)
			status = l4_irq_handler_confine(monitor.handover->device[i].interrupt, monitor.part[device->owner].domain);
	}
	return status;
}

/* --- Tables --- */

/* Windows are appended from the frame's start to its end; `end` is where the last one ends, in ns, so that no rounding adds up. */
struct table {
	l4_cap_t schedule;
	l4_word_t count;
	uint64_t end;
	l4_status_t status;
};

static void append(struct table *table, uint64_t end, l4_cap_t domain)
{
	if (table->status != L4_OK || end == table->end)
		return;
	table->status = l4_schedule_set(table->schedule, table->count++, ticks(end) - ticks(table->end), domain);
	table->end = end;
}

static l4_status_t fill(l4_cap_t cap, const struct schedule *schedule)
{
	struct table table = {.schedule = cap};
	table.status = l4_schedule_configure(cap, ticks(schedule->pad), schedule->slack == SYSTEM_NOBODY ? 0 : monitor.part[schedule->slack].domain);
	for (uint32_t i = 0; i < schedule->window_count; i++) {
		const struct schedule_window *window = &description()->window[schedule->first_window + i];
		append(&table, window->start, 0);
		append(&table, window->start + window->length, monitor.part[window->partition].domain);
	}
	append(&table, schedule->frame, 0);
	return table.status;
}

/* There may be one of nobody before each window, and behind the last. */
static l4_word_t size_bits(const struct schedule *schedule)
{
	l4_word_t bits = TABLE_BITS_MIN, size = TABLE_HEAD + TABLE_WINDOW * (2 * (l4_word_t)schedule->window_count + 1);
	while (1UL << bits < size)
		bits++;
	return bits;
}

l4_status_t schedule_follow(unsigned int index)
{
	return l4_schedule_control_switch(monitor.handover->schedule_control, monitor.schedule[index]);
}

l4_status_t schedules_start(void)
{
	return description()->schedule_count ? schedule_follow(0) : L4_OK;
}

void schedules_give(struct part *part)
{
	bool any = false;
	for (uint32_t i = 0; i < description()->schedule_count; i++) {
		const struct schedule *schedule = &description()->schedule[i];
		char name[L4_STARTUP_NAME_SIZE];
		if (!(schedule->switchers >> part->index & 1))
			continue;
		if (!any)
			process_give(&part->program, L4_SCHEDULE_CONTROL, monitor.handover->schedule_control, L4_READ | L4_WRITE, 0);
		any = true;
		snprintf(name, sizeof(name), "%s" L4_SCHEDULE_TABLE, schedule->name);
		process_give(&part->program, name, monitor.schedule[i], L4_READ, 0);
	}
}

static uint64_t time_of(const struct schedule *schedule, uint32_t partition)
{
	uint64_t time = 0;
	for (uint32_t i = 0; i < schedule->window_count; i++) {
		const struct schedule_window *window = &description()->window[schedule->first_window + i];
		if (window->partition == partition && window->length > schedule->pad)
			time += window->length - schedule->pad;
	}
	return time;
}

static bool has_place(const struct schedule *schedule, uint32_t partition)
{
	bool found = schedule->slack == partition;
	for (uint32_t i = 0; i < schedule->window_count; i++)
		found = found || description()->window[schedule->first_window + i].partition == partition;
	return found;
}

static bool is_followed(uint32_t index)
{
	l4_word_t state = L4_SCHEDULE_UNUSED;
	return l4_schedule_info(monitor.schedule[index], NULL, NULL, NULL, &state) == L4_OK && state == L4_SCHEDULE_FOLLOWED;
}

/* Since when is asked last: a table that was begun meanwhile was begun after `begin`. */
bool schedules_let_run(const struct part *part, l4_word_t begin)
{
	bool always = true, now = false;
	l4_word_t since = 0;
	for (uint32_t i = 0; i < description()->schedule_count; i++) {
		bool has = has_place(&description()->schedule[i], part->index);
		always = always && has;
		now = now || (has && is_followed(i));
	}
	if (always || !now)
		return always;
	l4_schedule_control_info(monitor.handover->schedule_control, NULL, NULL, NULL, NULL, NULL, &since);
	return since <= begin;
}

/* What schedules_own_share gives, in ns. */
static uint64_t own_budget, own_period;

static void find_own_share(void)
{
	const struct partition *own = &description()->partition[SYSTEM_MONITOR];
	own_budget = own->budget;
	own_period = own->period;
	for (uint32_t i = 0; i < description()->schedule_count && own->budget == own->period; i++) {
		const struct schedule *schedule = &description()->schedule[i];
		uint64_t time = time_of(schedule, SYSTEM_MONITOR);
		if (time && (i == 0 || (time / 1000) * (own_period / 1000) < (own_budget / 1000) * (schedule->frame / 1000))) {
			own_budget = time;
			own_period = schedule->frame;
		}
	}
}

void schedules_own_share(l4_word_t *budget, l4_word_t *period)
{
	*budget = own_budget;
	*period = own_period;
}

l4_status_t schedules_make(void)
{
	l4_status_t status = make_domains();
	find_own_share();
	for (uint32_t i = 0; i < description()->schedule_count && status == L4_OK; i++) {
		const struct schedule *schedule = &description()->schedule[i];
		status = l4_objects_alloc(&monitor.objects, L4_TYPE_SCHEDULE, size_bits(schedule), L4_MEMORY_OBJECT, &monitor.schedule[i]);
		if (status == L4_OK)
			status = fill(monitor.schedule[i], schedule);
	}
	return status == L4_OK ? confine_interrupts() : status;
}
