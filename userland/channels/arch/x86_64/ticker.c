/* SPDX-License-Identifier: BSD-2-Clause */
/* The MC146818 that every PC has: register numbers go to its first port, values through its second. */
#include "../../ticker.h"

#include <l4/startup.h>
#include <l4/stubs.h>
#include <system/clock.h>

#define INDEX 0x70
#define DATA 0x71

enum { REGISTER_A = 10, REGISTER_B = 11, REGISTER_C = 12 };

/* Of the usual 32,768 Hz the periodic interrupt. */
#define A_8_A_SECOND 0x2d
#define A_8192_A_SECOND 0x23
#define B_PERIODIC 0x40
#define B_24_HOURS 0x02

static l4_word_t get(l4_word_t number)
{
	l4_cap_t ports = l4_startup_cap(SYSTEM_DEVICE_RTC);
	l4_word_t value = 0;
	l4_io_ports_write(ports, INDEX, 1, number);
	l4_io_ports_read(ports, DATA, 1, &value);
	return value;
}

static void set(l4_word_t number, l4_word_t value)
{
	l4_cap_t ports = l4_startup_cap(SYSTEM_DEVICE_RTC);
	l4_io_ports_write(ports, INDEX, 1, number);
	l4_io_ports_write(ports, DATA, 1, value);
}

void ticker_start(enum ticker_rate rate)
{
	set(REGISTER_A, rate == TICKER_FASTEST ? A_8192_A_SECOND : A_8_A_SECOND);
	set(REGISTER_B, B_PERIODIC | B_24_HOURS);
	get(REGISTER_C);
}

/* Reading tells which interrupts there were, and lets the next one come. */
void ticker_next(void)
{
	get(REGISTER_C);
}

/* The wire stands until register C is read. */
void ticker_neglect(void)
{
}
