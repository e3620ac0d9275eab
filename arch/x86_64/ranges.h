/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of physical addresses, as ranges of whole pages that neither overlap nor touch. In no order. */
#pragma once

#include <kernel/boot.h>

#define RANGES_MAX 64

struct ranges {
	/* A list that is full: the two ranges that are nearest to each other become one with what is between them; else the smallest range is lost, with a message. */
	bool may_widen;
	unsigned count;
	struct boot_range at[RANGES_MAX];
};

/* The pages that lie wholly inside / that any of it lies in. What goes beyond the address space ends there. */
struct boot_range range_inner_pages(uint64_t base, uint64_t size);
struct boot_range range_outer_pages(uint64_t base, uint64_t size);
bool range_overlaps(struct boot_range a, struct boot_range b);

/* Empty ranges change nothing. */
void ranges_add(struct ranges *ranges, struct boot_range range);
void ranges_remove(struct ranges *ranges, struct boot_range range);
void ranges_remove_all(struct ranges *ranges, const struct ranges *others);
bool ranges_contain(const struct ranges *ranges, struct boot_range range);
/* Loses ranges, smallest first, until there are no more than `count`. */
void ranges_shrink(struct ranges *ranges, unsigned count);
