/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree that tells a guest about its machine. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define DEVICETREE_SEED_SIZE 64

struct devicetree {
	uint64_t memory_size;
	uint64_t ticks_per_second;
	uint64_t page_levels;     /* 3: Sv39, 4: Sv48, 5: Sv57 */
	uint64_t features;        /* enum vmm_feature */
	uint64_t initrd;          /* guest-physical */
	uint64_t initrd_size;     /* 0: none */
	const char *command_line; /* not terminated */
	size_t command_line_size;
	uint8_t seed[DEVICETREE_SEED_SIZE];
};

/* Writes the tree; gives its size, 0 where it does not fit or the command line is too long for it. */
size_t devicetree_write(const struct devicetree *tree, void *buffer, size_t capacity);
