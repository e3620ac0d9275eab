/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocator of the slots of one cnode: a bitmap of the caller's. Needs no C library. Not for use by several threads at once. */
#pragma once

#include <stdbool.h>

#include <l4/syscall.h>

struct l4_slots {
	l4_cap_t cnode;    /* the cnode's capability */
	l4_word_t first;   /* the first slot that may be handed out */
	l4_word_t count;
	l4_word_t hint;    /* all slots before first + hint are taken */
	uint64_t *taken;   /* a bit for each slot, L4_SLOTS_WORDS(count) words */
};

#define L4_SLOTS_WORDS(count) (((count) + 63) / 64)

/* All `count` slots from `first` on are empty; `bitmap` has L4_SLOTS_WORDS(count) words. */
void l4_slots_init(struct l4_slots *slots, l4_cap_t cnode, l4_word_t first, l4_word_t count, uint64_t *bitmap);

/* Takes one slot, or `count` consecutive ones (gives the first). 0 when there are none. */
l4_cap_t l4_slots_alloc(struct l4_slots *slots);
l4_cap_t l4_slots_alloc_range(struct l4_slots *slots, l4_word_t count);

/* Gives `count` slots back; they must be empty. */
void l4_slots_free(struct l4_slots *slots, l4_cap_t first, l4_word_t count);

/* Deletes the capability in the slot (and what was derived from it) and gives the slot back. */
l4_status_t l4_slots_delete(struct l4_slots *slots, l4_cap_t slot);

/* Slots that are left. */
l4_word_t l4_slots_left(const struct l4_slots *slots);
