/* SPDX-License-Identifier: BSD-2-Clause */
/* A hash table with open addressing. A removed element stays as a mark (vaddr set, frame 0), which the next page that hashes there takes over. */
#include "pager.h"

#define SIZE 4096 /* a power of two, more than twice the pages that a cnode of the pager's can hold */

static struct resident table[SIZE];

static l4_word_t hash(l4_word_t vaddr)
{
	return (vaddr >> L4_PAGE_BITS) * 0x9e3779b97f4a7c15UL >> 52;
}

struct resident *resident_find(l4_word_t vaddr)
{
	l4_word_t at = hash(vaddr);
	for (l4_word_t i = 0; i < SIZE; i++) {
		struct resident *resident = &table[(at + i) % SIZE];
		if (resident->frame && resident->vaddr == vaddr)
			return resident;
		if (!resident->frame && !resident->vaddr)
			return NULL;
	}
	return NULL;
}

struct resident *resident_add(l4_word_t vaddr, l4_cap_t frame, bool is_own)
{
	l4_word_t at = hash(vaddr);
	for (l4_word_t i = 0; i < SIZE; i++) {
		struct resident *resident = &table[(at + i) % SIZE];
		if (resident->frame)
			continue;
		*resident = (struct resident){vaddr, frame, is_own};
		return resident;
	}
	return NULL;
}

/* Marks at the end of a run of elements are not needed: no search goes on behind them. */
static void sweep(l4_word_t at)
{
	const struct resident *next = &table[(at + 1) % SIZE];
	if (next->frame || next->vaddr)
		return;
	for (l4_word_t i = 0; i < SIZE; i++) {
		struct resident *resident = &table[(at - i) % SIZE];
		if (resident->frame || !resident->vaddr)
			return;
		resident->vaddr = 0;
	}
}

void resident_remove(struct resident *resident)
{
	resident->frame = 0;
	sweep((l4_word_t)(resident - table));
}
