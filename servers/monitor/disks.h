/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests' disks. Their images are members of the bundle. Of one that is written there is a copy, in memory of the guest's partition that outlives the guest's restarts. */
#pragma once

#include "monitor.h"

/* Makes the frames of all copies, cleared. */
l4_status_t disks_make(void);

/* Maps its copy for the VMM of the partition that is being built, if it has one. */
void disk_give(struct part *part);
