/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes all capabilities and mappings of the machine to its console (picture.h), again and again, for `./bulkhead verify` (tools/launcher/verify.py). */
#include <stdio.h>

#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>

#include "picture.h"

#define PAUSE_US 100000

/* Without a timer it goes on at once. */
static void rest(void)
{
	l4_cap_t timer = l4_startup_cap("timer");
	if (!timer)
		return;
	L4_REQUIRE(l4_timer_arm(timer, l4_now() + l4_ticks_of_microseconds(PAUSE_US)));
	l4_wait(l4_startup_cap("notification"));
}

int main(void)
{
	l4_cap_t inspector = l4_startup_cap("inspector");
	if (!inspector) {
		printf("inspector: the description does not say inspect = true\n");
		return 1;
	}
	if (l4_startup_cap("timer"))
		L4_REQUIRE(l4_timer_bind(l4_startup_cap("timer"), l4_startup_cap("timer.notify")));
	for (unsigned int number = 1;; number++) {
		picture_take(inspector);
		picture_write(number);
		rest();
	}
}
