/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the pager share. */
#pragma once

#include <stdbool.h>

#include <l4/space.h>
#include <servers/pager.h>

/* The program that it serves. */
struct client {
	struct l4_space space;
	const struct pager_region *region;
	l4_word_t region_count;
};

/* --- memory.c: the pager's own memory --- */

void memory_init(void);
struct l4_objects *memory_objects(void);

/* A cleared page within the quota; 0 where the quota or the memory is used up. */
l4_cap_t memory_page_new(void);

/* The page, which is mapped nowhere, can be handed out again. */
void memory_page_free(l4_cap_t frame);

l4_word_t memory_pages_used(void);
l4_word_t memory_quota(void);

/* Copies the contents of one page to another; neither is mapped. False where that is not possible. */
bool memory_copy_page(l4_cap_t to, l4_cap_t from);

/* --- resident.c: which page of the program is backed by what --- */

/* The frame that a page of the program is backed by: 0 for none. `is_own`: taken from the quota; else the template's. */
struct resident {
	l4_word_t vaddr;
	l4_cap_t frame; /* 0: unused element */
	bool is_own;
};

/* Finds the page; null where it has nothing. */
struct resident *resident_find(l4_word_t vaddr);

/* Remembers a page; null where the table is full. */
struct resident *resident_add(l4_word_t vaddr, l4_cap_t frame, bool is_own);

void resident_remove(struct resident *resident);
