/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine_watchdog.h"

#include <l4/startup.h>
#include <l4/time.h>

#include "monitor.h"

#define FEEDS 4 /* in its time */

static l4_word_t next;

static void set_next(void)
{
	next = l4_now() + process_ticks(l4_startup(), monitor.handover->system.watchdog) / FEEDS;
}

void machine_watchdog_begin(void)
{
	if (!monitor.handover->watchdog)
		return;
	machine_watchdog_start(monitor.handover->watchdog, monitor.handover->system.watchdog);
	set_next();
}

void machine_watchdog_look(void)
{
	if (!monitor.handover->watchdog || next > l4_now())
		return;
	machine_watchdog_feed(monitor.handover->watchdog);
	set_next();
}

l4_word_t machine_watchdog_next(void)
{
	return next;
}
