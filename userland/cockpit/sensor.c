/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes a sample ten times a second, and after some of them writes where it may not: the monitor starts it anew, and it goes on from what it has kept. */
#include <l4/debug.h>
#include <l4/keep.h>
#include <l4/port.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>
#include <system/sensor.h>
#include <userland/fault.h>

#include "sample.h"

#define SAMPLES_A_SECOND 10
#define SAMPLES_UNTIL_FAULT 30

static void wait_for(l4_word_t time)
{
	L4_REQUIRE(l4_timer_arm(l4_startup_cap("timer"), time));
	while (!(l4_wait(l4_startup_cap("notification")) & SYSTEM_TIMER_BIT))
		;
}

/* A triangle, as good as any other measurement. */
static int64_t measure(uint64_t count)
{
	int64_t phase = (int64_t)(count % 40);
	return phase < 20 ? phase : 40 - phase;
}

int main(void)
{
	/* Any value of it is one to go on from. */
	volatile struct sample *kept = (volatile struct sample *)l4_startup_value(L4_KEEP);
	l4_word_t time = l4_now();
	struct l4_port port;
	L4_ENSURE(l4_port_open(&port, SYSTEM_CHANNEL_SAMPLES));
	L4_REQUIRE(l4_timer_bind(l4_startup_cap("timer"), l4_startup_cap("timer.notify")));
	kept->starts++;
	for (int taken = 0; taken < SAMPLES_UNTIL_FAULT; taken++) {
		time += l4_ticks_per_second() / SAMPLES_A_SECOND;
		wait_for(time);
		kept->value = measure(kept->count);
		kept->count++;
		struct sample sample = *kept;
		L4_ENSURE(l4_port_send(&port, &sample, sizeof(sample)) == L4_PORT_OK);
	}
	fault();
	return 0;
}
