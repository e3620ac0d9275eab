/* SPDX-License-Identifier: BSD-2-Clause */
#include "image.h"

#include <string.h>

#include <l4/arch/code.h>
#include <l4/arch/elf.h>
#include <l4/cpio.h>
#include <l4/stubs.h>

#define PAGE_SIZE (1UL << L4_PAGE_BITS)

static struct image images[SYSTEM_PARTITIONS_MAX];

static l4_word_t page_of(l4_word_t address)
{
	return address & -PAGE_SIZE;
}

static l4_word_t pages_up(l4_word_t bytes)
{
	return (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
}

/* Copies that part of the segment's file data that lies in the page at `vaddr` into a new frame, which is cleared. */
static bool fill_page(l4_cap_t frame, l4_word_t vaddr, const struct l4_elf_segment *segment)
{
	l4_word_t start = vaddr > segment->vaddr ? vaddr : segment->vaddr;
	l4_word_t file_end = segment->vaddr + segment->file_size;
	l4_word_t end = vaddr + PAGE_SIZE < file_end ? vaddr + PAGE_SIZE : file_end;
	if (l4_space_map(&monitor.window.own, frame, monitor.window.vaddr, L4_READ | L4_WRITE) != L4_OK)
		return false;
	if (start < end)
		memcpy((void *)(monitor.window.vaddr + (start - vaddr)), segment->data + (start - segment->vaddr), end - start);
	return l4_frame_unmap(frame) == L4_OK;
}

static bool fill(const struct pager_region *region, const struct l4_elf_segment *segment)
{
	for (l4_word_t i = 0; i < region->pages; i++)
		if (!fill_page(region->template + i, region->vaddr + i * PAGE_SIZE, segment))
			return false;
	return true;
}

static struct pager_region *new_region(struct image *image, l4_word_t vaddr, l4_word_t pages, enum pager_kind kind, unsigned int rights)
{
	if (image->count == IMAGE_REGIONS)
		return NULL;
	struct pager_region *region = &image->region[image->count++];
	*region = (struct pager_region){.vaddr = vaddr, .pages = pages, .kind = kind, .rights = rights};
	return region;
}

/* Pages with anything from the file become a template, the rest of the segment zeros on demand. */
static bool add_segment(struct image *image, const struct l4_elf_segment *segment)
{
	l4_word_t start = page_of(segment->vaddr);
	l4_word_t file_pages = segment->file_size ? pages_up(segment->vaddr + segment->file_size - start) : 0;
	l4_word_t pages = pages_up(segment->vaddr + segment->memory_size - start);
	if (file_pages > 0) {
		enum pager_kind kind = segment->rights & L4_WRITE ? PAGER_COPY : PAGER_SHARED;
		struct pager_region *region = new_region(image, start, file_pages, kind, segment->rights);
		if (!region || l4_objects_alloc_many(&monitor.objects, L4_TYPE_FRAME, L4_PAGE_BITS, L4_MEMORY_USER, file_pages, &region->template) != L4_OK)
			return false;
		if (!fill(region, segment))
			return false;
	}
	return pages == file_pages || new_region(image, start + file_pages * PAGE_SIZE, pages - file_pages, PAGER_ZERO, segment->rights);
}

static bool make(struct image *image, const char *program)
{
	const struct handover *handover = monitor.handover;
	struct l4_cpio_file file;
	struct l4_elf elf;
	struct l4_elf_segment segment;
	unsigned int index = 0;
	if (!l4_cpio_find((const void *)handover->bundle_vaddr, handover->bundle_size, program, &file) ||
	    l4_elf_open(&elf, file.data, file.size, L4_ARCH_ELF_MACHINE) != L4_ELF_OK)
		return false;
	image->entry = elf.entry;
	while (l4_elf_segment(&elf, &index, &segment))
		if (!add_segment(image, &segment))
			return false;
	l4_arch_sync_code();
	strncpy(image->program, program, sizeof(image->program) - 1);
	return true;
}

const struct image *image_of(const char *program)
{
	for (size_t i = 0; i < SYSTEM_PARTITIONS_MAX; i++) {
		struct image *image = &images[i];
		if (strncmp(image->program, program, sizeof(image->program)) == 0)
			return image;
		if (image->program[0] == 0)
			return make(image, program) ? image : NULL;
	}
	return NULL;
}
