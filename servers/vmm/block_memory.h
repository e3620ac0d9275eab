/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk in memory: an image that is only read, or a private copy that is written too. */
#pragma once

#include <stddef.h>

#include "block_backing.h"

struct block_memory {
	struct block_backing backing; /* first: its functions know no other */
	const uint8_t *bytes;
	uint8_t *writable; /* the same; null: read-only */
};

/* The whole sectors among `size` bytes. `writable`: the same address as `bytes`, or null for a disk that is read-only. */
void block_memory_init(struct block_memory *memory, const uint8_t *bytes, uint8_t *writable, size_t size);
