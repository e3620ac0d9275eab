/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serves, and dies while it does; and has a caller restarted while it holds its call. What it keeps is which number it has died of, and how many callers
 * have died.
 */
#include <stdio.h>
#include <string.h>

#include <l4/debug.h>
#include <l4/keep.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>
#include <servers/monitor.h>
#include <servers/monitor_commands.h>
#include <system/server.h>

#include <userland/fault.h>
#include "service.h"

#define CALLER "dying"
#define PAUSE_US 1000

struct kept {
	l4_word_t died_of;
	l4_word_t callers_died;
};

static struct kept *kept;
static l4_cap_t monitor;
static l4_word_t caller; /* its place in the description's table */

/* Who has asked for much is not heard for a while (docs/servers.md, "Who pays"). */
static l4_word_t ask(l4_word_t label, struct l4_registers *m)
{
	const struct l4_registers words = *m;
	struct l4_result result = l4_call(monitor, l4_tag(label, 1), m);
	while (result.status != L4_OK) {
		L4_ENSURE(result.status == L4_INVALID_CAP);
		L4_REQUIRE(l4_timer_arm(l4_startup_cap("timer"), l4_now() + l4_ticks_of_microseconds(PAUSE_US)));
		l4_wait(l4_startup_cap("notification"));
		*m = words;
		result = l4_call(monitor, l4_tag(label, 1), m);
	}
	return l4_tag_label(result.tag);
}

static void find_caller(void)
{
	struct l4_registers m;
	for (caller = 0;; caller++) {
		m = (struct l4_registers){{caller}};
		L4_ENSURE(ask(MONITOR_LIST, &m) == MONITOR_OK);
		if (strncmp((const char *)&m.word[MONITOR_LIST_NAME], CALLER, sizeof(CALLER)) == 0)
			return;
	}
}

static l4_word_t twice(l4_word_t number)
{
	if (kept->died_of != number) {
		kept->died_of = number;
		fault();
	}
	return 2 * number;
}

static void hold(void)
{
	struct l4_registers m = {{caller}};
	L4_ENSURE(ask(MONITOR_COMMAND + MONITOR_COMMAND_RESTART, &m) == MONITOR_OK);
	if (++kept->callers_died % SERVICE_TOLD == 0)
		printf("%lu callers have died while they were served\n", kept->callers_died);
}

int main(void)
{
	l4_cap_t endpoint = l4_startup_cap("endpoint");
	struct l4_registers m;
	kept = (struct kept *)l4_startup_value(L4_KEEP);
	monitor = l4_startup_cap("monitor");
	L4_REQUIRE(l4_timer_bind(l4_startup_cap("timer"), l4_startup_cap("timer.notify")));
	find_caller();
	struct l4_result result = l4_recv(endpoint, &m);
	for (;;) {
		l4_word_t answer = 0;
		L4_REQUIRE(result.status);
		if (l4_tag_label(result.tag) == SERVICE_DOUBLE && result.badge == SYSTEM_CHANNEL_FROM_ASKING_BADGE)
			answer = twice(m.word[0]);
		else if (l4_tag_label(result.tag) == SERVICE_HOLD && result.badge == SYSTEM_CHANNEL_FROM_DYING_BADGE)
			hold();
		m = (struct l4_registers){{answer}};
		result = l4_reply_recv(endpoint, l4_tag(0, 1), &m); /* the one who was to hear it may be gone */
	}
}
