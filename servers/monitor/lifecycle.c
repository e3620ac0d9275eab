/* SPDX-License-Identifier: BSD-2-Clause */
#include "lifecycle.h"

#include <l4/debug.h>
#include <l4/stubs.h>
#include <l4/time.h>
#include <servers/console.h>

#include "allowance.h"
#include "build.h"
#include "say.h"
#include "schedules.h"
#include "watchdog.h"

#define DRAIN_SECONDS 10

static bool ending;
static l4_word_t exit_status;
static l4_word_t drain_end; /* ticks: until when the console may take to say its last words */

static void halt(void)
{
	l4_system_halt(monitor.handover->machine, exit_status);
}

void lifecycle_start(void)
{
	struct part *console = part_with(PARTITION_CONSOLE);
	if (!console || !part_build(console, false)) {
		lifecycle_end_machine(MONITOR_EXIT_SYSTEM_FAILED);
		return;
	}
	say_use_channel(&monitor.part[0]);
	for (unsigned int i = 0; i < monitor.count && !ending; i++) {
		struct part *part = &monitor.part[i];
		if (part->state == PART_DOWN && !part_is(part, PARTITION_MONITOR) && !part_build(part, false))
			lifecycle_end_machine(MONITOR_EXIT_SYSTEM_FAILED);
	}
	L4_REQUIRE(schedules_start()); /* even where the machine ends: the console is still to be heard */
	watchdogs_begin(); /* anew: to build them all took a while, in which who is in a table did not run */
}

/* The console's notification, to ask for its last words. */
static bool flush_console(void)
{
	struct part *console = part_with(PARTITION_CONSOLE);
	l4_cap_t flush = l4_slots_alloc(&monitor.slots);
	if (!console || console->state != PART_RUNNING || !flush)
		return false;
	allowance_forgive(console); /* it is to tell when they are said */
	return l4_cnode_mint(L4_SLOT_CNODE, flush, L4_SLOT_CNODE, monitor.console_notification, L4_WRITE, 1UL << CONSOLE_BIT_FLUSH) == L4_OK &&
	       l4_signal(flush) == L4_OK;
}

void lifecycle_end_machine(l4_word_t status)
{
	if (ending)
		return;
	ending = true;
	exit_status = status;
	drain_end = l4_now() + DRAIN_SECONDS * l4_ticks_per_second();
	if (!flush_console())
		halt();
}

void lifecycle_drained(void)
{
	if (ending)
		halt();
}

void lifecycle_look(void)
{
	if (ending && drain_end <= l4_now())
		halt();
}

l4_word_t lifecycle_next(void)
{
	return ending ? drain_end : 0;
}

/* Partitions in a state, of those that the machine is for: its guests, or where it has none all but the servers. */
static unsigned int clients_in(enum part_state state)
{
	uint32_t others = PARTITION_MONITOR | PARTITION_CONSOLE;
	const struct part *guest = part_with(PARTITION_GUEST);
	unsigned int count = 0;
	for (unsigned int i = 0; i < monitor.count; i++)
		count += (guest ? part_is(&monitor.part[i], PARTITION_GUEST) : !part_is(&monitor.part[i], others)) && monitor.part[i].state == state;
	return count;
}

bool lifecycle_client_has_failed(void)
{
	return clients_in(PART_FAILED) > 0;
}

/* The machine ends when nothing is left that it was for. An operator may first look at what the others make of a failure. */
static void check_clients(void)
{
	bool failed = lifecycle_client_has_failed();
	if (clients_in(PART_DOWN) || clients_in(PART_RUNNING) || !(failed || clients_in(PART_ENDED)))
		return;
	if (failed && monitor.has_operator)
		say("no %s runs any more; Ctrl-] r restarts the attached one, Ctrl-] q ends the machine", part_with(PARTITION_GUEST) ? "guest" : "partition");
	else
		lifecycle_end_machine(failed ? MONITOR_EXIT_GUEST_FAILED : MONITOR_EXIT_SUCCESS);
}

static void stop(struct part *part, enum part_state state)
{
	part_take_down(part);
	part->state = state;
	check_clients();
}

/* Of the monitor's own memory a restart takes nothing: else a partition that fails again and again would use it up. */
static bool rebuild_of_its_own(struct part *part, bool is_warm)
{
	l4_word_t objects = l4_objects_left(&monitor.objects, L4_MEMORY_OBJECT), pages = l4_objects_left(&monitor.objects, L4_MEMORY_USER);
	if (part->state == PART_RUNNING)
		part_take_down(part);
	bool built = part_build(part, is_warm);
	L4_ENSURE(objects == l4_objects_left(&monitor.objects, L4_MEMORY_OBJECT) && pages == l4_objects_left(&monitor.objects, L4_MEMORY_USER));
	return built;
}

static void rebuild(struct part *part, bool is_warm)
{
	if (rebuild_of_its_own(part, is_warm))
		return;
	part->state = PART_FAILED;
	if (part->description->health.otherwise == HEALTH_STOP || part_is(part, PARTITION_GUEST))
		check_clients();
	else
		lifecycle_end_machine(MONITOR_EXIT_SYSTEM_FAILED);
}

void lifecycle_fail(struct part *part)
{
	stop(part, PART_FAILED); /* first: where it is the console, this is said on the firmware's */
	say("partition '%s' is stopped; the others go on", part->description->name);
}

void lifecycle_halt(struct part *part)
{
	say("partition '%s' is needed for the system to go on: the machine ends", part->description->name);
	part_take_down(part);
	part->state = PART_FAILED; /* it may be the last of those that the machine is for, whose end has another status */
	lifecycle_end_machine(MONITOR_EXIT_SYSTEM_FAILED);
}

void lifecycle_ended(struct part *part)
{
	stop(part, PART_ENDED);
}

void lifecycle_recover(struct part *part, bool is_warm)
{
	rebuild(part, is_warm);
}

void lifecycle_rebuild(struct part *part)
{
	if (ending)
		stop(part, PART_ENDED);
	else
		rebuild(part, false);
}

void lifecycle_restart(struct part *part, const char *who)
{
	say("partition '%s' is %s, as '%s' asks", part->description->name, part->state == PART_RUNNING ? "restarted" : "started", who);
	lifecycle_rebuild(part);
}

void lifecycle_stop(struct part *part, const char *who)
{
	stop(part, PART_DOWN);
	say("partition '%s' is stopped, as '%s' asks", part->description->name, who);
}

bool lifecycle_is_ending(void)
{
	return ending;
}
