/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a frame or page_table capability is mapped: kept in badge (address, level, flag), extra (space number) and extra2 (generation) of its slot. */
#pragma once

#include <kernel/vspace.h>

#define MAPPING_MAPPED 1UL
#define MAPPING_LEVEL_SHIFT 1
#define MAPPING_LEVEL_MASK (7UL << MAPPING_LEVEL_SHIFT)

static inline vaddr_t mapping_vaddr(const struct slot *slot)
{
	return slot->badge & ~(PAGE_SIZE - 1);
}

static inline unsigned mapping_level(const struct slot *slot)
{
	return (slot->badge & MAPPING_LEVEL_MASK) >> MAPPING_LEVEL_SHIFT;
}

static inline void mapping_set(struct slot *slot, const struct vspace *space, vaddr_t vaddr, unsigned level)
{
	slot_changes++;
	slot->badge = vaddr | (word_t)level << MAPPING_LEVEL_SHIFT | MAPPING_MAPPED;
	slot->extra = space->number;
	slot->extra2 = vspace_generation(space);
}

static inline void mapping_clear(struct slot *slot)
{
	slot_changes++;
	slot->badge = slot->extra = slot->extra2 = 0;
}

/* The space it is mapped in; null where that, or the mapping, is no more. */
static inline struct vspace *mapping_space(const struct slot *slot)
{
	return slot->badge & MAPPING_MAPPED ? vspace_find(slot->extra, slot->extra2) : NULL;
}
