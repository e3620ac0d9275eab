/* SPDX-License-Identifier: BSD-2-Clause */
/* What a partition keeps through restarts after failures (the key `keep` of descriptions). It belongs to the monitor. */
#pragma once

#include "monitor.h"

/* Makes it for all that have it, cleared. */
l4_status_t keep_make(void);

/* Maps it for the partition that is being built (names: l4/keep.h). It is as it was left where the start is warm, and else cleared. */
void keep_give(struct part *part);
