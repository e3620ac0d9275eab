/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/stubs.h>

#include "pager.h"

#define PAGE_SIZE (1UL << L4_PAGE_BITS)
#define SLOTS_MAX 2048
#define FREE_MAX 1024

static struct l4_slots slots;
static struct l4_objects objects;
static uint64_t slot_bitmap[L4_SLOTS_WORDS(SLOTS_MAX)];
static uint16_t slot_owner[SLOTS_MAX];
static struct l4_space own;     /* the pager's space, for its two windows */
static l4_word_t window[2];
static l4_cap_t free_pages[FREE_MAX]; /* were in use: to be cleared */
static l4_word_t free_count;
static l4_word_t used;
static l4_word_t quota;

void memory_init(void)
{
	const struct l4_startup *startup = l4_startup();
	l4_word_t count = startup->slot_count - startup->free_slot;
	l4_slots_init(&slots, L4_SLOT_CNODE, startup->free_slot, count < SLOTS_MAX ? count : SLOTS_MAX, slot_bitmap);
	l4_objects_init(&objects, &slots, slot_owner);
	for (uint32_t i = 0; i < startup->untyped_count; i++)
		L4_ENSURE(l4_objects_add(&objects, startup->untyped[i].slot));
	own = l4_space_of(L4_SLOT_VSPACE, &objects);
	window[0] = startup->free_vaddr;
	window[1] = startup->free_vaddr + PAGE_SIZE;
	quota = l4_startup_value("quota");
}

struct l4_objects *memory_objects(void)
{
	return &objects;
}

static bool clear_page(l4_cap_t frame)
{
	if (l4_space_map(&own, frame, window[0], L4_READ | L4_WRITE) != L4_OK)
		return false;
	memset((void *)window[0], 0, PAGE_SIZE);
	return l4_frame_unmap(frame) == L4_OK;
}

static l4_cap_t reuse_page(void)
{
	l4_cap_t frame = free_pages[free_count - 1];
	if (!clear_page(frame))
		return 0;
	free_count--;
	return frame;
}

l4_cap_t memory_page_new(void)
{
	l4_cap_t frame = 0;
	if (used == quota)
		return 0;
	if (free_count > 0)
		frame = reuse_page();
	else if (l4_frame_new(&objects, L4_PAGE_BITS, &frame) != L4_OK)
		frame = 0;
	used += frame != 0;
	return frame;
}

void memory_page_free(l4_cap_t frame)
{
	used--;
	if (free_count < FREE_MAX)
		free_pages[free_count++] = frame;
	else
		l4_objects_free(&objects, frame);
}

l4_word_t memory_pages_used(void)
{
	return used;
}

l4_word_t memory_quota(void)
{
	return quota;
}

bool memory_copy_page(l4_cap_t to, l4_cap_t from)
{
	bool mapped = l4_space_map(&own, from, window[0], L4_READ) == L4_OK;
	if (mapped && l4_space_map(&own, to, window[1], L4_READ | L4_WRITE) == L4_OK) {
		memcpy((void *)window[1], (const void *)window[0], PAGE_SIZE);
		return l4_frame_unmap(to) == L4_OK && l4_frame_unmap(from) == L4_OK;
	}
	if (mapped)
		l4_frame_unmap(from);
	return false;
}
