/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A piece of memory made of frames, the largest that fit. Since one frame capability maps once, memory that is to be
 * seen in several spaces is copied (the capabilities, not the bytes) and each copy mapped.
 */
#pragma once

#include <l4/space.h>

#define L4_PAGES_RUNS 24

/* Consecutive slots of frames of one size, in address order. */
struct l4_pages_run {
	uint32_t first; /* slot */
	uint32_t count;
	uint32_t page_bits;
};

struct l4_pages {
	l4_word_t size; /* bytes */
	unsigned int runs;
	struct l4_pages_run run[L4_PAGES_RUNS];
};

/* The page sizes, largest first; 0 ends the list. */
extern const uint8_t l4_page_sizes[];

/*
 * Makes `size` bytes (a multiple of the smallest page) of cleared memory that can be mapped at addresses that are `vaddr` modulo the largest page used.
 * On failure nothing is left behind.
 */
l4_status_t l4_pages_new(struct l4_objects *objects, l4_word_t vaddr, l4_word_t size, struct l4_pages *pages);

/*
 * Frames over the whole of one untyped of kind DEVICE (device registers, boot modules), which must be unused; `size` is its size in bytes. They are
 * the largest that can be mapped at `vaddr`.
 */
l4_status_t l4_pages_of_device(struct l4_slots *slots, l4_cap_t untyped, l4_word_t size, l4_word_t vaddr, struct l4_pages *pages);

/* Maps all of it from `vaddr` on. On failure nothing stays mapped. */
l4_status_t l4_pages_map(const struct l4_pages *pages, const struct l4_space *space, l4_word_t vaddr, l4_word_t rights);

/* Unmaps all of it. */
l4_status_t l4_pages_unmap(const struct l4_pages *pages);

/* Copies the capabilities, with `rights` at most, to new slots of the own cnode, whose capability is slots->cnode. */
l4_status_t l4_pages_copy(const struct l4_pages *source, struct l4_slots *slots, l4_word_t rights, struct l4_pages *copy);

/* Deletes copies made by l4_pages_copy, or device pages, and gives their slots back. */
l4_status_t l4_pages_delete(struct l4_pages *pages, struct l4_slots *slots);

/* Frees memory made by l4_pages_new; its copies vanish too. */
l4_status_t l4_pages_free(struct l4_pages *pages, struct l4_objects *objects);
