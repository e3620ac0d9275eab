/* SPDX-License-Identifier: BSD-2-Clause */
#include "input.h"

#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/threads.h>
#include <l4/time.h>

#include "exits.h"
#include "guest.h"
#include "guest_build.h"
#include "objects.h"

#define STACK_SIZE 8192
#define BUDGET_US 2000
#define PERIOD_US 10000

static uint8_t stack[STACK_SIZE] __attribute__((aligned(16)));
static struct input input;

static void terminal_event(void)
{
	struct l4_registers m = {{0}};
	l4_call(input.endpoint, l4_tag(EXITS_TERMINAL_EVENT, 0), &m);
}

/* Runs at a higher priority than the main loop, which therefore has not run on when the answer is here: it waits for the next message. */
static void run(void *argument)
{
	(void)argument;
	terminal_event();
	objects_require(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_SCHED_CONTEXT, 0), "VMM: cannot become passive");
	guest_announce();
	objects_require(l4_thread_resume(input.vcpu_thread), "VMM: cannot start the guest");
	while (input.notification) {
		l4_wait(input.notification);
		terminal_event();
	}
}

void input_start(const struct config *config, const struct input *in)
{
	input = *in;
	l4_cap_t time = 0, thread = 0;
	objects_require(l4_sched_context_new(&objects, config->domain, l4_ticks_of_microseconds(BUDGET_US), l4_ticks_of_microseconds(PERIOD_US), &time),
			"VMM: input thread's time");
	struct l4_thread_config thread_config = {
		.cnode = L4_SLOT_CNODE,
		.domain = config->domain,
		.sched_context = time,
		.priority = config->priority + 2,
	};
	objects_require(l4_thread_new(&own_space, &thread_config, &thread), "VMM: input thread");
	objects_require(l4_thread_start_local(thread, run, NULL, stack, sizeof(stack), 0), "VMM: input thread's start");
}
