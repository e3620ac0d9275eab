/* SPDX-License-Identifier: BSD-2-Clause */
#include "watchdog.h"

#include <l4/arch/stack.h>
#include <l4/output.h>
#include <l4/startup.h>
#include <l4/time.h>

#include "fixture.h"

#define LOOK_SECONDS 5
#define LOOKS_MAX 6 /* in vain, and the case hangs */
#define STATUS_HANG 20

static volatile unsigned int fed;
static l4_cap_t notification, timer;
static char stack[4096] __attribute__((aligned(16)));

void watchdog_feed(void)
{
	fed++;
}

/* Runs without thread-local variables: no C library here. */
static void watch(void)
{
	l4_word_t next = l4_now();
	unsigned int seen = 0, vain = 0;

	for (;;) {
		next += LOOK_SECONDS * l4_ticks_per_second();
		l4_timer_arm(timer, next);
		l4_wait(notification);
		vain = fed == seen ? vain + 1 : 0;
		seen = fed;
		if (vain == LOOKS_MAX) {
			l4_system_print(fixture.system, 8, 0x0a474e4148200a20, 0, 0, 0, 0, 0); /* " \n HANG\n" */
			l4_system_halt(fixture.system, STATUS_HANG);
		}
	}
}

static l4_cap_t make(l4_cap_t untyped, l4_cap_t slot, l4_word_t type)
{
	L4_REQUIRE(l4_untyped_retype(untyped, type, 0, L4_SLOT_CNODE, slot, 1));
	return slot;
}

void watchdog_start(l4_cap_t untyped, l4_cap_t slots)
{
	l4_cap_t thread = make(untyped, slots, L4_TYPE_THREAD), time = make(untyped, slots + 1, L4_TYPE_SCHED_CONTEXT);

	notification = make(untyped, slots + 2, L4_TYPE_NOTIFICATION);
	timer = make(untyped, slots + 3, L4_TYPE_TIMER);
	L4_REQUIRE(l4_timer_bind(timer, notification));
	L4_REQUIRE(l4_sched_context_configure(time, fixture.domain, l4_ticks_per_second(), l4_ticks_per_second()));
	L4_REQUIRE(l4_thread_bind(thread, L4_BIND_CNODE, L4_SLOT_CNODE));
	L4_REQUIRE(l4_thread_bind(thread, L4_BIND_VSPACE, L4_SLOT_VSPACE));
	L4_REQUIRE(l4_thread_bind(thread, L4_BIND_DOMAIN, fixture.domain));
	L4_REQUIRE(l4_thread_bind(thread, L4_BIND_SCHED_CONTEXT, time));
	L4_REQUIRE(l4_thread_set_priority(thread, fixture.domain, L4_PRIORITIES - 1));
	L4_REQUIRE(l4_thread_start(thread, (l4_word_t)watch, l4_arch_entry_sp((uintptr_t)stack + sizeof(stack)), 0, 0));
}
