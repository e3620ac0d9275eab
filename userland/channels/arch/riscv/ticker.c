/* SPDX-License-Identifier: BSD-2-Clause */
/* The Goldfish RTC of QEMU's `virt` machine: a counter of nanoseconds and an alarm. */
#include "../../ticker.h"

#include <l4/startup.h>
#include <system/clock.h>

#define SOME_A_SECOND_NS 125000000UL

enum { TIME_LOW, TIME_HIGH, ALARM_LOW, ALARM_HIGH, IRQ_ENABLED, CLEAR_ALARM, ALARM_STATUS, CLEAR_INTERRUPT };

static volatile uint32_t *registers(void)
{
	return (volatile uint32_t *)l4_startup_value(SYSTEM_DEVICE_RTC);
}

static uint64_t interval_ns; /* 0: at once again */

/* Reading the low half latches the high one; writing the low half sets the alarm. */
static void set_alarm(void)
{
	volatile uint32_t *rtc = registers();
	uint64_t time = rtc[TIME_LOW];
	time |= (uint64_t)rtc[TIME_HIGH] << 32;
	time += interval_ns;
	rtc[ALARM_HIGH] = (uint32_t)(time >> 32);
	rtc[ALARM_LOW] = (uint32_t)time;
}

void ticker_start(enum ticker_rate rate)
{
	interval_ns = rate == TICKER_FASTEST ? 0 : SOME_A_SECOND_NS;
	registers()[CLEAR_INTERRUPT] = 1;
	registers()[IRQ_ENABLED] = 1;
	set_alarm();
}

void ticker_next(void)
{
	registers()[CLEAR_INTERRUPT] = 1;
	set_alarm();
}

/* The line stands until it is cleared, but QEMU's PLIC only hears of a line that is set anew. */
void ticker_neglect(void)
{
	set_alarm();
}
