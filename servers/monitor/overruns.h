/* SPDX-License-Identifier: BSD-2-Clause */
/* Used-up budgets, of which the kernel tells the monitor where the partition's description has a row for them. */
#pragma once

#include "monitor.h"

/* Whether the description has. */
bool overruns_are_heard(const struct part *part);

/* From now on the kernel tells of them; or has the partition's threads wait for their next budget without telling. */
void overruns_hear(struct part *part);
void overruns_ignore(struct part *part);

/* The kernel tells of one. True where the partition goes on, which it does with its next budget, when it is answered. */
bool overrun(struct part *part, const struct l4_registers *m);
