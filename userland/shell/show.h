/* SPDX-License-Identifier: BSD-2-Clause */
/* What the monitor tells, as tables. Each gives false, and has shown nothing or only a part, where the monitor does not tell: `reply` is its answer. */
#pragma once

#include "ask.h"

/* One line a partition; above the first one the table's head. */
bool show_ps(l4_word_t index, const char *name, bool first, struct reply *reply);
bool show_mem(l4_word_t index, const char *name, bool first, struct reply *reply);

bool show_health(l4_word_t index, const char *name, bool first, struct reply *reply);

/* The ports that it sends to, or is sent to by partitions that nobody may be asked about; with `all` all of which it is one end. */
bool show_ports(l4_word_t index, bool all, bool first, struct reply *reply);

/* All about one partition. */
bool show_regions(l4_word_t index, struct reply *reply);
void show_health_rows(const struct reply *reply);
bool show_caps(l4_word_t index, const char *name, struct reply *reply);

/* All schedule tables, and how the processor follows them. */
bool show_sched(struct reply *reply);

/* The last `count` lines of the log. */
bool show_log(l4_word_t count, struct reply *reply);
