/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/boot.h>

#define BOOT_FREE_MAX (2 * BOOT_RANGES_MAX + 4)

struct boot_memory {
	struct boot_range object; /* 2 MiB aligned */
	struct boot_range free[BOOT_FREE_MAX];
	unsigned count;
};

/* Panics where the machine has too little memory. */
void boot_memory_divide(struct boot_memory *memory, const struct boot_platform *platform);

/* log2 of the largest naturally aligned piece at `start` that ends by `end`. Precondition: start < end. */
unsigned boot_piece_bits(paddr_t start, paddr_t end);
