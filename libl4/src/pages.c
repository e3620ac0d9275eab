/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/pages.h>

#include <l4/stubs.h>

static bool is_aligned(l4_word_t value, unsigned int bits)
{
	return (value & ((1UL << bits) - 1)) == 0;
}

static l4_word_t smaller(l4_word_t a, l4_word_t b)
{
	return a < b ? a : b;
}

/* Slots are mostly handed out in order, so that pieces of one memory mostly become one run. */
static bool add_run(struct l4_pages *pages, l4_cap_t first, l4_word_t count, unsigned int page_bits)
{
	struct l4_pages_run *last = pages->runs ? &pages->run[pages->runs - 1] : NULL;

	if (last && last->page_bits == page_bits && last->first + last->count == first)
		last->count += (uint32_t)count;
	else if (pages->runs < L4_PAGES_RUNS)
		pages->run[pages->runs++] = (struct l4_pages_run){(uint32_t)first, (uint32_t)count, page_bits};
	else
		return false;
	pages->size += count << page_bits;
	return true;
}

/*
 * How many pages of l4_page_sizes[which] to take at `vaddr` with `left` bytes to go: up to the next address where a larger page fits, since from there on
 * larger ones are tried again.
 */
static l4_word_t pages_wanted(unsigned int which, l4_word_t vaddr, l4_word_t left)
{
	unsigned int bits = l4_page_sizes[which];
	l4_word_t wanted = left;

	if (!is_aligned(vaddr, bits))
		return 0;
	for (unsigned int i = 0; i < which; i++) {
		l4_word_t larger = 1UL << l4_page_sizes[i];
		l4_word_t before = -vaddr & (larger - 1);

		if (before > 0 && before < wanted && wanted - before >= larger)
			wanted = before;
	}
	return smaller(wanted >> bits, L4_RETYPE_COUNT_MAX);
}

/* Allocates one run at `vaddr`: as many frames, as large, as the pool has together. */
static l4_status_t new_run(struct l4_objects *objects, l4_word_t vaddr, l4_word_t left, struct l4_pages *pages)
{
	for (unsigned int which = 0; l4_page_sizes[which]; which++) {
		unsigned int bits = l4_page_sizes[which];

		for (l4_word_t count = pages_wanted(which, vaddr, left); count > 0; count /= 2) {
			l4_cap_t first;

			if (l4_objects_alloc_many(objects, L4_TYPE_FRAME, bits, L4_MEMORY_USER, count, &first) != L4_OK)
				continue;
			if (add_run(pages, first, count, bits))
				return L4_OK;
			for (l4_word_t i = 0; i < count; i++)
				l4_objects_free(objects, first + i);
			return L4_OUT_OF_MEMORY;
		}
	}
	return L4_OUT_OF_MEMORY;
}

l4_status_t l4_pages_new(struct l4_objects *objects, l4_word_t vaddr, l4_word_t size, struct l4_pages *pages)
{
	pages->runs = 0;
	pages->size = 0;
	if (size == 0 || !is_aligned(size | vaddr, L4_PAGE_BITS))
		return L4_INVALID_ARGUMENT;
	while (pages->size < size) {
		l4_status_t status = new_run(objects, vaddr + pages->size, size - pages->size, pages);

		if (status != L4_OK) {
			l4_pages_free(pages, objects);
			return status;
		}
	}
	return L4_OK;
}

/* One run of frames of a device untyped, from its watermark on. */
static l4_status_t device_run(struct l4_slots *slots, l4_cap_t untyped, unsigned int page_bits, l4_word_t count, struct l4_pages *pages)
{
	l4_cap_t first = l4_slots_alloc_range(slots, count);
	l4_status_t status;

	if (!first)
		return L4_OUT_OF_MEMORY;
	status = l4_untyped_retype(untyped, L4_TYPE_FRAME, page_bits, slots->cnode, first, count);
	if (status != L4_OK) {
		l4_slots_free(slots, first, count);
		return status;
	}
	if (add_run(pages, first, count, page_bits))
		return L4_OK;
	for (l4_word_t i = 0; i < count; i++)
		l4_slots_delete(slots, first + i);
	return L4_OUT_OF_MEMORY;
}

l4_status_t l4_pages_of_device(struct l4_slots *slots, l4_cap_t untyped, l4_word_t size, l4_word_t vaddr, struct l4_pages *pages)
{
	unsigned int which = 0;

	pages->runs = 0;
	pages->size = 0;
	while (l4_page_sizes[which] && !is_aligned(size | vaddr, l4_page_sizes[which]))
		which++;
	if (size == 0 || !l4_page_sizes[which])
		return L4_INVALID_ARGUMENT;
	while (pages->size < size) {
		l4_word_t count = smaller((size - pages->size) >> l4_page_sizes[which], L4_RETYPE_COUNT_MAX);
		l4_status_t status = device_run(slots, untyped, l4_page_sizes[which], count, pages);

		if (status != L4_OK) {
			l4_pages_delete(pages, slots);
			return status;
		}
	}
	return L4_OK;
}

/* Calls visit for each frame of the first `size` bytes with its offset, until one fails. *done: how many bytes succeeded. */
typedef l4_status_t (*visitor)(l4_cap_t frame, l4_word_t offset, void *context);

static l4_status_t for_each_frame(const struct l4_pages *pages, l4_word_t size, visitor visit, void *context, l4_word_t *done)
{
	*done = 0;
	for (unsigned int i = 0; i < pages->runs; i++) {
		const struct l4_pages_run *run = &pages->run[i];

		for (uint32_t j = 0; j < run->count && *done < size; j++) {
			l4_status_t status = visit(run->first + j, *done, context);

			if (status != L4_OK)
				return status;
			*done += 1UL << run->page_bits;
		}
	}
	return L4_OK;
}

struct mapping {
	const struct l4_space *space;
	l4_word_t vaddr;
	l4_word_t rights;
};

static l4_status_t map_frame(l4_cap_t frame, l4_word_t offset, void *context)
{
	const struct mapping *mapping = context;

	return l4_space_map(mapping->space, frame, mapping->vaddr + offset, mapping->rights);
}

static l4_status_t unmap_frame(l4_cap_t frame, l4_word_t offset, void *context)
{
	(void)offset;
	(void)context;
	return l4_frame_unmap(frame);
}

l4_status_t l4_pages_map(const struct l4_pages *pages, const struct l4_space *space, l4_word_t vaddr, l4_word_t rights)
{
	struct mapping mapping = {space, vaddr, rights};
	l4_word_t done, undone;
	l4_status_t status = for_each_frame(pages, pages->size, map_frame, &mapping, &done);

	if (status != L4_OK)
		for_each_frame(pages, done, unmap_frame, NULL, &undone);
	return status;
}

l4_status_t l4_pages_unmap(const struct l4_pages *pages)
{
	l4_word_t done;

	return for_each_frame(pages, pages->size, unmap_frame, NULL, &done);
}

/* Copies `count` consecutive capabilities; on failure those already copied are deleted again. */
static l4_status_t copy_run(const struct l4_pages_run *run, struct l4_slots *slots, l4_cap_t first, l4_word_t rights)
{
	for (uint32_t i = 0; i < run->count; i++) {
		l4_status_t status = l4_cnode_copy(slots->cnode, first + i, slots->cnode, run->first + i, rights);

		if (status != L4_OK) {
			while (i-- > 0)
				l4_cnode_delete(slots->cnode, first + i);
			return status;
		}
	}
	return L4_OK;
}

l4_status_t l4_pages_copy(const struct l4_pages *source, struct l4_slots *slots, l4_word_t rights, struct l4_pages *copy)
{
	copy->runs = 0;
	copy->size = 0;
	for (unsigned int i = 0; i < source->runs; i++) {
		const struct l4_pages_run *run = &source->run[i];
		l4_cap_t first = l4_slots_alloc_range(slots, run->count);
		l4_status_t status = first ? copy_run(run, slots, first, rights) : L4_OUT_OF_MEMORY;

		if (status != L4_OK) {
			if (first)
				l4_slots_free(slots, first, run->count);
			l4_pages_delete(copy, slots);
			return status;
		}
		add_run(copy, first, run->count, run->page_bits);
	}
	return L4_OK;
}

static l4_status_t delete_frame(l4_cap_t frame, l4_word_t offset, void *context)
{
	(void)offset;
	return l4_slots_delete(context, frame);
}

static l4_status_t free_frame(l4_cap_t frame, l4_word_t offset, void *context)
{
	(void)offset;
	return l4_objects_free(context, frame);
}

l4_status_t l4_pages_delete(struct l4_pages *pages, struct l4_slots *slots)
{
	l4_word_t done;
	l4_status_t status = for_each_frame(pages, pages->size, delete_frame, slots, &done);

	if (status == L4_OK)
		*pages = (struct l4_pages){0};
	return status;
}

l4_status_t l4_pages_free(struct l4_pages *pages, struct l4_objects *objects)
{
	l4_word_t done;
	l4_status_t status = for_each_frame(pages, pages->size, free_frame, objects, &done);

	if (status == L4_OK)
		*pages = (struct l4_pages){0};
	return status;
}
