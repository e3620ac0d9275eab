/* SPDX-License-Identifier: BSD-2-Clause */
/* Console channels: made once, of the monitor's own memory. */
#pragma once

#include "monitor.h"

/* Makes the console's notification and the channels of all partitions that have one. Gives false where the monitor's memory does not suffice. */
bool console_channels_make(void);

/* Gives a client its end (names: l4/console_client.h). */
void console_channel_give_client(struct part *client, struct process *process);

/* Gives the console the other ends of all (names: servers/console.h). */
void console_channels_give_console(struct part *console, struct process *process);

/* Tells the console that the client's program starts anew. */
void console_channel_reset(const struct part *client);
