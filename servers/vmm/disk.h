/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's disk. */
#pragma once

#include "block_backing.h"
#include "config.h"

/* Makes what the creator has given a disk, by copying its image if it is to be written and has not been copied before; null: there is none. */
struct block_backing *disk_open(const struct config *config);
