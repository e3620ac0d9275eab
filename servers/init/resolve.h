/* SPDX-License-Identifier: BSD-2-Clause */
/* From a built-in description and the bundle's config to the description of the system that is built. */
#pragma once

#include <servers/system.h>

#include "config.h"

/* Null on success; else what is wrong, in a buffer that the next call overwrites. */
const char *system_resolve(struct system_description *system, const struct system_description *table, const struct config *config);

/* The partition with this name; null where there is none. */
struct partition *system_partition(struct system_description *system, const char *name);
