/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine's memory, and its division among the partitions. */
#pragma once

#include <servers/system.h>

#include "../monitor/handover.h"

/* Takes stock of the boot-time untypeds, and sets aside what init itself needs. */
void memory_init(void);

/*
 * Splits each partition's memory off. The slots in `memory` are init's own. Ends the machine with a message where the machine has too little.
 * The largest pieces are split off first, so that alignment costs nothing.
 */
void memory_divide(const struct system_description *system, struct handover_memory memory[SYSTEM_PARTITIONS_MAX]);
