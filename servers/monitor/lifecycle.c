/* SPDX-License-Identifier: BSD-2-Clause */
#include "lifecycle.h"

#include <l4/stubs.h>
#include <l4/time.h>
#include <servers/console.h>

#include "build.h"
#include "say.h"

#define DRAIN_SECONDS 2

static bool ending;
static l4_word_t exit_status;

static void halt(void)
{
	l4_system_halt(monitor.manifest->machine, exit_status);
}

void lifecycle_start(void)
{
	struct part *console = part_with(PARTITION_CONSOLE);
	if (!console || !part_build(console)) {
		lifecycle_end_machine(MONITOR_EXIT_SYSTEM_FAILED);
		return;
	}
	say_use_channel(&monitor.part[0]);
	for (unsigned int i = 0; i < monitor.count && !ending; i++) {
		struct part *part = &monitor.part[i];
		if (part->state == PART_DOWN && !part_is(part, PARTITION_MONITOR) && !part_build(part))
			lifecycle_end_machine(MONITOR_EXIT_SYSTEM_FAILED);
	}
}

/* The console's notification, to ask for its last words. */
static bool flush_console(void)
{
	const struct part *console = part_with(PARTITION_CONSOLE);
	l4_cap_t flush = l4_slots_alloc(&monitor.slots);
	if (!console || console->state != PART_RUNNING || !flush)
		return false;
	return l4_cnode_mint(L4_SLOT_CNODE, flush, L4_SLOT_CNODE, monitor.console_notification, L4_WRITE, 1UL << CONSOLE_BIT_FLUSH) == L4_OK &&
	       l4_timer_arm(monitor.timer, l4_now() + DRAIN_SECONDS * l4_ticks_per_second()) == L4_OK && l4_signal(flush) == L4_OK;
}

void lifecycle_end_machine(l4_word_t status)
{
	if (ending)
		return;
	ending = true;
	exit_status = status;
	if (!flush_console())
		halt();
}

void lifecycle_drained(void)
{
	if (ending)
		halt();
}

static unsigned int guests_in(enum part_state state)
{
	unsigned int count = 0;
	for (unsigned int i = 0; i < monitor.count; i++)
		count += part_is(&monitor.part[i], PARTITION_GUEST) && monitor.part[i].state == state;
	return count;
}

bool lifecycle_guest_has_failed(void)
{
	return guests_in(PART_FAILED) > 0;
}

/* The machine ends when no guest is left of those that it was for. An operator may first look at what the others make of a failure. */
static void check_guests(void)
{
	bool failed = lifecycle_guest_has_failed();
	if (guests_in(PART_RUNNING) || !(failed || guests_in(PART_ENDED)))
		return;
	if (failed && monitor.has_operator)
		say("no guest runs any more; Ctrl-] r restarts the attached one, Ctrl-] q ends the machine");
	else
		lifecycle_end_machine(failed ? MONITOR_EXIT_GUEST_FAILED : MONITOR_EXIT_SUCCESS);
}

static void stop(struct part *part, enum part_state state)
{
	part_take_down(part);
	part->state = state;
	check_guests();
}

static void rebuild(struct part *part)
{
	if (part->state == PART_RUNNING)
		part_take_down(part);
	if (part_build(part))
		return;
	part->state = PART_FAILED;
	if (part->description->policy == POLICY_STOP || part_is(part, PARTITION_GUEST))
		check_guests();
	else
		lifecycle_end_machine(MONITOR_EXIT_SYSTEM_FAILED);
}

void lifecycle_failed(struct part *part)
{
	const struct partition *description = part->description;
	switch (ending ? POLICY_STOP : description->policy) {
	case POLICY_HALT:
		say("partition '%s' is needed for the system to go on: the machine ends", description->name);
		stop(part, PART_FAILED);
		lifecycle_end_machine(MONITOR_EXIT_SYSTEM_FAILED);
		return;
	case POLICY_RESTART:
		if (part->failures < description->restarts_max) {
			part->failures++;
			say("partition '%s' is restarted (%u of at most %u times)", description->name, part->failures, description->restarts_max);
			rebuild(part);
			return;
		}
		break;
	}
	stop(part, PART_FAILED); /* first: where it is the console, this is said on the firmware's */
	say("partition '%s' is stopped; the others go on", description->name);
}

void lifecycle_ended(struct part *part)
{
	stop(part, PART_ENDED);
}

void lifecycle_rebuild(struct part *part)
{
	if (ending)
		stop(part, PART_ENDED);
	else
		rebuild(part);
}
