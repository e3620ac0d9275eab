/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory type range registers. The guest can set and read them as on any machine; what it sets has no effect, as with nested paging its memory types come
 * from its page tables alone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MTRR_VARIABLE 8
#define MTRR_FIXED 11

struct mtrr {
	uint64_t variable[2 * MTRR_VARIABLE]; /* base and mask */
	uint64_t fixed[MTRR_FIXED];
	uint64_t default_type;
	uint64_t address_mask; /* bits that an address can have */
};

void mtrr_reset(struct mtrr *mtrr, unsigned int address_bits);

/* By number of the MSR. False: there is no such register, or no such value. */
bool mtrr_read(const struct mtrr *mtrr, uint32_t msr, uint64_t *value);
bool mtrr_write(struct mtrr *mtrr, uint32_t msr, uint64_t value);
