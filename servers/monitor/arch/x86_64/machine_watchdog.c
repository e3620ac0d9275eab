/* SPDX-License-Identifier: BSD-2-Clause */
/* Intel's ICH9: its TCO timer. */
#include "../../machine_watchdog.h"

#include <l4/debug.h>
#include <l4/stubs.h>
#include <servers/tco.h>

void machine_watchdog_start(l4_cap_t watchdog, l4_word_t time)
{
	l4_word_t control = 0;
	L4_REQUIRE(l4_io_ports_write(watchdog, TCO_TIME, 2, time / (2 * TCO_TICK_NS)));
	machine_watchdog_feed(watchdog);
	L4_REQUIRE(l4_io_ports_read(watchdog, TCO_CONTROL, 2, &control));
	L4_REQUIRE(l4_io_ports_write(watchdog, TCO_CONTROL, 2, control & ~(l4_word_t)TCO_CONTROL_HALT));
}

void machine_watchdog_feed(l4_cap_t watchdog)
{
	L4_REQUIRE(l4_io_ports_write(watchdog, TCO_RELOAD, 2, 1));
}
