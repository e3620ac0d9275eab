/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of a partition in which something went wrong: its description's table of events and actions. */
#pragma once

#include "monitor.h"

/* Whether nothing is to be said of the event: the description has it ignored. */
bool health_is_ignored(const struct part *part, enum health_event event);

/*
 * The event has happened, and was said if it is not ignored. Counts it and does what the table has for it. True where the partition goes on: its caller
 * is to be answered. Otherwise it is down, or built anew. `is_over`: nothing is left that could go on, so where it is ignored or only logged it has ended.
 */
bool health_event(struct part *part, enum health_event event, bool is_over);

/* Restarts that are left to the partition before the next becomes what restarts too many do. */
uint32_t health_restarts_left(const struct part *part);
