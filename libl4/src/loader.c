/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/loader.h>

#include <string.h>

#include <l4/arch/code.h>
#include <l4/stubs.h>

#define PAGE_SIZE (1UL << L4_PAGE_BITS)

/* Bytes that are to appear at an address: `size` of them from `data`, zeros before and after. */
struct content {
	l4_word_t vaddr;
	const uint8_t *data;
	l4_word_t size;
};

static l4_word_t page_floor(l4_word_t address)
{
	return address & ~(PAGE_SIZE - 1);
}

/* Writes the part of the content that lies in the page at `page`, through the window. */
static void fill_page(const struct l4_window *window, l4_word_t page, const struct content *content)
{
	l4_word_t from = content->vaddr > page ? content->vaddr : page;
	l4_word_t to = content->vaddr + content->size;

	if (to > page + PAGE_SIZE)
		to = page + PAGE_SIZE;
	if (from < to)
		memcpy((void *)(window->vaddr + (from - page)), content->data + (from - content->vaddr), to - from);
}

static bool page_has_content(l4_word_t page, const struct content *content)
{
	return content->vaddr < page + PAGE_SIZE && page < content->vaddr + content->size;
}

static l4_status_t write_frame(struct l4_window *window, l4_cap_t frame, l4_word_t page, const struct content *content)
{
	l4_status_t status = l4_space_map(&window->own, frame, window->vaddr, L4_READ | L4_WRITE);

	if (status != L4_OK)
		return status;
	fill_page(window, page, content);
	return l4_frame_unmap(frame);
}

/* New frames come cleared: a page of zeros need not pass through the window. */
static l4_status_t load_page(struct l4_window *window, const struct l4_space *target, l4_word_t page, const struct content *content, l4_word_t rights)
{
	l4_cap_t frame;
	l4_status_t status = l4_frame_new(target->objects, L4_PAGE_BITS, &frame);

	if (status != L4_OK)
		return status;
	if (page_has_content(page, content))
		status = write_frame(window, frame, page, content);
	if (status == L4_OK)
		status = l4_space_map(target, frame, page, rights);
	if (status != L4_OK)
		l4_objects_free(target->objects, frame);
	return status;
}

static l4_status_t load_range(struct l4_window *window, const struct l4_space *target, const struct content *content, l4_word_t end, l4_word_t rights)
{
	for (l4_word_t page = page_floor(content->vaddr); page < end; page += PAGE_SIZE) {
		l4_status_t status = load_page(window, target, page, content, rights);

		if (status != L4_OK)
			return status;
	}
	if (rights & L4_EXECUTE)
		l4_arch_sync_code();
	return L4_OK;
}

l4_status_t l4_load_bytes(struct l4_window *window, const struct l4_space *target, l4_word_t vaddr, const void *data, size_t data_size, l4_word_t size,
			  l4_word_t rights)
{
	struct content content = {vaddr, data, data_size};
	l4_word_t end;

	if (vaddr % PAGE_SIZE || data_size > size || __builtin_add_overflow(vaddr, size, &end) || end > page_floor(~0UL))
		return L4_INVALID_ARGUMENT;
	return load_range(window, target, &content, end, rights);
}

l4_status_t l4_load_elf(struct l4_window *window, const struct l4_space *target, const struct l4_elf *elf)
{
	struct l4_elf_segment segment;
	unsigned int index = 0;
	l4_word_t free_from = 0; /* the first address above the pages of the segments so far */

	while (l4_elf_segment(elf, &index, &segment)) {
		struct content content = {segment.vaddr, segment.data, segment.file_size};
		l4_word_t end = segment.vaddr + segment.memory_size; /* l4_elf_open has checked that this does not wrap */
		l4_status_t status;

		if (segment.memory_size == 0)
			continue;
		if (page_floor(segment.vaddr) < free_from || end > page_floor(~0UL) || (segment.rights & L4_WRITE && segment.rights & L4_EXECUTE))
			return L4_INVALID_ARGUMENT;
		free_from = page_floor(end + PAGE_SIZE - 1);
		status = load_range(window, target, &content, end, segment.rights);
		if (status != L4_OK)
			return status;
	}
	return L4_OK;
}
