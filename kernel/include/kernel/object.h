/* SPDX-License-Identifier: BSD-2-Clause */
/* What all objects have in common: they are made from untyped memory, destroyed with their first capability, and may hold slots. */
#pragma once

#include <kernel/slot.h>

/* The last slot of a cnode is its tomb, and no slot of its users. */
static inline word_t cnode_slots(unsigned size_bits)
{
	return (1UL << (size_bits - SLOT_BITS)) - 1;
}

static inline struct slot *cnode_tomb(const struct slot *original)
{
	return (struct slot *)slot_object(original) + cnode_slots(slot_size_bits(original));
}

/*
 * log2 of the size of a new object; 0 where `type` cannot be made with this `size_bits`.
 */
unsigned object_size_bits(word_t type, word_t size_bits);

/* Whether this machine has what it is for: objects of guests need hardware. */
bool object_is_supported(word_t type);

/* Whether it is made from user (or device) memory. */
bool object_is_user_memory(word_t type);

/* Makes the object in cleared memory at `paddr` and puts its original capability into the empty slot, as a child of `untyped`. */
void object_create(struct slot *untyped, struct slot *slot, word_t type, unsigned size_bits, paddr_t paddr);

/* One bounded piece of the destruction of the object behind an original leaf; true when it is done. Never for cnodes. */
bool MUST_CHECK object_destroy_piece(struct slot *original);

/* A slot that an object holds has lost its capability; `old` tells which. */
void slot_holder_lost(struct slot *slot, const struct slot *old);
