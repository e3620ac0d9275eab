/* SPDX-License-Identifier: BSD-2-Clause */
/* A storm of timers: as many as its memory allows, due all over the next millisecond, whosever window it is then, and armed anew at once. */
#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/syscall.h>
#include <l4/time.h>

#define TIMERS 200
#define AT_ONCE 50 /* that are made by one call */
#define SPAN_US 1000

static l4_cap_t notification;
static l4_cap_t first_timer;

static void prepare(void)
{
	const struct l4_startup *startup = l4_startup();
	l4_cap_t untyped = startup->untyped[0].slot;
	notification = startup->free_slot;
	first_timer = startup->free_slot + 1;
	L4_REQUIRE(l4_untyped_retype(untyped, L4_TYPE_NOTIFICATION, 0, L4_SLOT_CNODE, notification, 1));
	for (l4_word_t i = 0; i < TIMERS; i += AT_ONCE)
		L4_REQUIRE(l4_untyped_retype(untyped, L4_TYPE_TIMER, 0, L4_SLOT_CNODE, first_timer + i, AT_ONCE));
	for (l4_word_t i = 0; i < TIMERS; i++)
		L4_REQUIRE(l4_timer_bind(first_timer + i, notification));
}

int main(void)
{
	prepare();
	for (;;) {
		l4_word_t now = l4_now(), span = l4_ticks_of_microseconds(SPAN_US);
		for (l4_word_t i = 0; i < TIMERS; i++)
			L4_REQUIRE(l4_timer_arm(first_timer + i, now + span * (i + 1) / TIMERS));
		l4_wait(notification);
	}
}
