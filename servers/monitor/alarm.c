/* SPDX-License-Identifier: BSD-2-Clause */
#include "alarm.h"

#include <l4/debug.h>
#include <l4/stubs.h>

#include "allowance.h"
#include "lifecycle.h"
#include "machine_watchdog.h"
#include "watchdog.h"

static l4_word_t armed; /* for when; 0: it is not */

void alarm_rings(void)
{
	armed = 0;
	lifecycle_look();
	if (!lifecycle_is_ending()) {
		allowance_refill();
		watchdogs_look();
	}
	machine_watchdog_look();
}

/* 0: never. */
static l4_word_t earlier(l4_word_t a, l4_word_t b)
{
	return a && (!b || a < b) ? a : b;
}

void alarm_set(void)
{
	l4_word_t partitions = lifecycle_is_ending() ? 0 : earlier(allowance_next(), watchdogs_next());
	l4_word_t next = earlier(machine_watchdog_next(), earlier(lifecycle_next(), partitions));
	if (next == 0 || next == armed)
		return;
	armed = next;
	L4_REQUIRE(l4_timer_arm(monitor.timer, next));
}
