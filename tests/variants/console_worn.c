/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A console server that dies LIVES times, each time somewhere else, before or after it touched a ring or its device (tests/system/test_console_restart.py): the page that
 * it keeps has the number of its life in a place that the console itself does not use.
 */
#include <l4/keep.h>
#include <l4/startup.h>

#include "console.h"
#include "console_fault.h"
#include "uart.h"

#define PLACE 2048 /* in the page */
#define LIVES 100
#define SHORTEST 3000 /* steps of a life */
#define SPREAD 4096
#define ODD 2654435761UL

static void step(void)
{
	static unsigned long steps, life;
	unsigned long *lives = (unsigned long *)(l4_startup_value(L4_KEEP) + PLACE);
	if (steps++ == 0)
		life = ++*lives;
	if (life <= LIVES && steps > SHORTEST + life * ODD % SPREAD)
		fault();
}

#define STEPS_AROUND(type, function, parameters, arguments) \
	type __real_##function parameters; \
	type __wrap_##function parameters; \
	type __wrap_##function parameters \
	{ \
		step(); \
		type result = __real_##function arguments; \
		step(); \
		return result; \
	}

STEPS_AROUND(uint32_t, l4_ring_push, (struct l4_ring *ring, const void *entries, uint32_t count, bool *signal), (ring, entries, count, signal))
STEPS_AROUND(uint32_t, l4_ring_pop, (struct l4_ring *ring, void *entries, uint32_t count, bool *signal), (ring, entries, count, signal))
STEPS_AROUND(unsigned int, uart_room, (void), ())
STEPS_AROUND(int, uart_get, (void), ())
STEPS_AROUND(bool, output_pump, (void), ())
STEPS_AROUND(l4_word_t, input_pump, (void), ())
