/* SPDX-License-Identifier: BSD-2-Clause */
#include "lasting.h"

#include <string.h>

#include <l4/stubs.h>

#define PAGE_SIZE (1UL << L4_PAGE_BITS)

static l4_cap_t frame_of(const struct lasting *lasting, uint32_t page)
{
	return lasting->piece[page / L4_RETYPE_COUNT_MAX] + page % L4_RETYPE_COUNT_MAX;
}

l4_status_t lasting_make(struct lasting *lasting, uint32_t pages)
{
	l4_status_t status = pages <= LASTING_PIECES * L4_RETYPE_COUNT_MAX ? L4_OK : L4_OUT_OF_MEMORY;
	lasting->pages = pages;
	for (unsigned int i = 0; pages > 0 && status == L4_OK; i++) {
		uint32_t count = pages < L4_RETYPE_COUNT_MAX ? pages : L4_RETYPE_COUNT_MAX;
		status = l4_objects_alloc_many(&monitor.objects, L4_TYPE_FRAME, L4_PAGE_BITS, L4_MEMORY_USER, count, &lasting->piece[i]);
		pages -= count;
	}
	return status;
}

l4_word_t lasting_map(struct part *part, const char *name, const struct lasting *lasting, l4_word_t rights)
{
	struct process *process = &part->program;
	l4_word_t start = process->next_shared;
	for (uint32_t i = 0; i < lasting->pages && !process->problem; i++) {
		l4_cap_t copy = l4_slots_alloc(&part->slots);
		process_check_named(process, l4_cnode_copy(L4_SLOT_CNODE, copy, L4_SLOT_CNODE, frame_of(lasting, i), rights), "a page could not be copied of", name);
		process_map_shared(process, i == 0 ? name : NULL, copy, rights);
	}
	return start;
}

l4_status_t lasting_clear(const struct lasting *lasting)
{
	for (uint32_t i = 0; i < lasting->pages; i++) {
		l4_status_t status = l4_space_map(&monitor.window.own, frame_of(lasting, i), monitor.window.vaddr, L4_READ | L4_WRITE);
		if (status != L4_OK)
			return status;
		memset((void *)monitor.window.vaddr, 0, PAGE_SIZE);
		status = l4_frame_unmap(frame_of(lasting, i));
		if (status != L4_OK)
			return status;
	}
	return L4_OK;
}
