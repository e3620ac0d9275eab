/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/console_client.h>

/*
 * Gives the terminal its channel (null: the guest talks to nobody) and a timer that wakes the input thread, so that the main loop
 * calls terminal_event soon after the timer fires.
 */
void terminal_start(struct l4_console *console, l4_cap_t timer);
