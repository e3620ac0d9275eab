/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts the interrupts of its device into shared memory. The reader sees only the count that it looks at: it loses none by being slow, for it is a count. */
#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/syscall.h>
#include <system/clock.h>

#include "ticker.h"
#include "ticks.h"

int main(void)
{
	struct ticks *ticks = (struct ticks *)l4_startup_value(SYSTEM_CHANNEL_TICKS);
	l4_cap_t reader = l4_startup_cap(SYSTEM_CHANNEL_TICKS_SIGNAL), notification = l4_startup_cap("notification");
	l4_cap_t interrupt = l4_startup_cap(SYSTEM_DEVICE_RTC_IRQ);
	ticker_start(TICKER_SOME_A_SECOND);
	for (;;) {
		if (!(l4_wait(notification) & SYSTEM_DEVICE_RTC_BIT))
			continue; /* the reader has read, which a count need not know */
		ticker_next();
		L4_REQUIRE_CAP(interrupt, l4_irq_handler_ack(interrupt));
		atomic_fetch_add(&ticks->count, 1);
		L4_REQUIRE_CAP(reader, l4_signal(reader));
	}
}
