/* SPDX-License-Identifier: BSD-2-Clause */
#include "mtrr.h"

enum reg {
	REG_CAPABILITIES = 0xfe,
	REG_VARIABLE = 0x200,
	REG_VARIABLE_LAST = REG_VARIABLE + 2 * MTRR_VARIABLE - 1,
	REG_FIXED_64K = 0x250,
	REG_FIXED_16K = 0x258,
	REG_FIXED_16K_LAST = 0x259,
	REG_FIXED_4K = 0x268,
	REG_FIXED_4K_LAST = 0x26f,
	REG_DEFAULT_TYPE = 0x2ff,
};
enum { CAPABILITY_FIXED = 1 << 8, CAPABILITY_WRITE_COMBINING = 1 << 10 };
enum { TYPE_WRITE_BACK = 6, TYPE_MASK = 0xff };
enum { DEFAULT_FIXED_ENABLED = 1 << 10, DEFAULT_ENABLED = 1 << 11 };
#define MASK_VALID (1UL << 11)
#define PAGE_MASK 0xfffUL

/* As firmware leaves them: everything is cached. */
void mtrr_reset(struct mtrr *mtrr, unsigned int address_bits)
{
	*mtrr = (struct mtrr){
		.default_type = DEFAULT_ENABLED | TYPE_WRITE_BACK,
		.address_mask = ((1UL << address_bits) - 1) & ~PAGE_MASK,
	};
}

/* Uncached, write-combining, write-through, write-protected, write-back. */
static bool type_is_valid(uint8_t type)
{
	return type <= 1 || (type >= 4 && type <= 6);
}

static bool types_are_valid(uint64_t types)
{
	for (; types; types >>= 8)
		if (!type_is_valid(types))
			return false;
	return true;
}

/* The index among the fixed registers; negative: none of them. */
static int fixed_index(uint32_t msr)
{
	switch (msr) {
	case REG_FIXED_64K: return 0;
	case REG_FIXED_16K ... REG_FIXED_16K_LAST: return 1 + msr - REG_FIXED_16K;
	case REG_FIXED_4K ... REG_FIXED_4K_LAST: return 3 + msr - REG_FIXED_4K;
	default: return -1;
	}
}

bool mtrr_read(const struct mtrr *mtrr, uint32_t msr, uint64_t *value)
{
	int fixed = fixed_index(msr);
	if (fixed >= 0)
		*value = mtrr->fixed[fixed];
	else if (msr >= REG_VARIABLE && msr <= REG_VARIABLE_LAST)
		*value = mtrr->variable[msr - REG_VARIABLE];
	else if (msr == REG_DEFAULT_TYPE)
		*value = mtrr->default_type;
	else if (msr == REG_CAPABILITIES)
		*value = MTRR_VARIABLE | CAPABILITY_FIXED | CAPABILITY_WRITE_COMBINING;
	else
		return false;
	return true;
}

static bool write_variable(struct mtrr *mtrr, unsigned int index, uint64_t value)
{
	bool is_mask = index % 2;
	uint64_t writable = mtrr->address_mask | (is_mask ? MASK_VALID : TYPE_MASK);
	if (value & ~writable || (!is_mask && !type_is_valid(value)))
		return false;
	mtrr->variable[index] = value;
	return true;
}

bool mtrr_write(struct mtrr *mtrr, uint32_t msr, uint64_t value)
{
	int fixed = fixed_index(msr);
	if (fixed >= 0) {
		if (!types_are_valid(value))
			return false;
		mtrr->fixed[fixed] = value;
		return true;
	}
	if (msr >= REG_VARIABLE && msr <= REG_VARIABLE_LAST)
		return write_variable(mtrr, msr - REG_VARIABLE, value);
	if (msr != REG_DEFAULT_TYPE || value & ~(uint64_t)(TYPE_MASK | DEFAULT_FIXED_ENABLED | DEFAULT_ENABLED) || !type_is_valid(value))
		return false;
	mtrr->default_type = value;
	return true;
}
