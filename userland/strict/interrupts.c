/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A storm of interrupts: has its device give the next one at once, whenever it has answered the last.
 *
 * Arguments: serve=0  never answers the device, but acknowledges its interrupt, which so comes again at once
 */
#include <stdbool.h>
#include <stdio.h>

#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/syscall.h>
#include <system/clock.h>
#include <userland/arguments.h>

#include "../channels/ticker.h"

#define INTERRUPTS_A_LINE 1000

int main(int argc, char **argv)
{
	bool serves = true;
	for (int i = 1; i < argc; i++)
		serves = argument_number(argv[i], "serve", serves);
	l4_cap_t notification = l4_startup_cap("notification"), interrupt = l4_startup_cap(SYSTEM_DEVICE_RTC_IRQ);
	ticker_start(TICKER_FASTEST);
	for (unsigned long i = 1;; i++) {
		l4_wait(notification);
		if (serves)
			ticker_next();
		else
			ticker_neglect();
		L4_REQUIRE_CAP(interrupt, l4_irq_handler_ack(interrupt));
		if (i % INTERRUPTS_A_LINE == 0)
			printf("interrupts: %lu\n", i);
	}
}
