/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The channels of the description: the endpoints, notifications and memory through which partitions reach each other. They are made once, of the
 * monitor's own memory, so that a restart of one end leaves the other end's capabilities as they are.
 */
#pragma once

#include "monitor.h"

/* Makes them, and the notifications on which partitions wait. */
l4_status_t channels_make(void);

/* The notification that ports signal. A VMM waits at one for all: its console's where it has one. */
l4_cap_t channel_signals(const struct part *part);

/* Gives a partition its ends, but of ports (servers/monitor/ports.h) (names: docs/descriptions.md, "Headers"; of a guest, servers/vmm.h). */
void channels_give(struct part *part);
