/* SPDX-License-Identifier: BSD-2-Clause */
#include "image.h"

#include <l4/elf.h>

const char *image_add(struct image *image, const struct image_memory *memory, uint64_t gpa, const uint8_t *data, uint64_t size, uint64_t memory_size)
{
	uint64_t offset = gpa - memory->base;
	if (offset > memory->size || memory_size > memory->size - offset || size > memory_size)
		return "kernel does not fit into the guest's memory";
	if (image->count == IMAGE_PIECES)
		return "kernel has too many segments";
	image->piece[image->count++] = (struct image_piece){gpa, data, size};
	if (gpa + memory_size > image->end)
		image->end = gpa + memory_size;
	return NULL;
}

static bool is_loaded(const struct l4_elf *elf, uint64_t address)
{
	struct l4_elf_segment segment;
	for (unsigned int i = 0; l4_elf_segment(elf, &i, &segment);) {
		if (address - segment.paddr < segment.memory_size)
			return true;
	}
	return false;
}

/* The physical address of the header's entry, which may be virtual, as the file's segments tell. */
static uint64_t find_entry(const struct l4_elf *elf)
{
	struct l4_elf_segment segment;
	for (unsigned int i = 0; l4_elf_segment(elf, &i, &segment);) {
		if (elf->entry - segment.vaddr < segment.memory_size)
			return elf->entry - segment.vaddr + segment.paddr;
	}
	return elf->entry;
}

const char *image_parse_elf(struct image *image, const struct image_memory *memory, const uint8_t *file, size_t size)
{
	struct l4_elf elf;
	enum l4_elf_error error = l4_elf_open_physical(&elf, file, size, image_elf_machine);
	if (error != L4_ELF_OK)
		return l4_elf_error_text(error);
	struct l4_elf_segment segment;
	for (unsigned int i = 0; l4_elf_segment(&elf, &i, &segment);) {
		const char *why = image_add(image, memory, segment.paddr, segment.data, segment.file_size, segment.memory_size);
		if (why)
			return why;
	}
	if (!image_elf_entry_arch(&elf, image))
		image->entry = find_entry(&elf);
	if (!is_loaded(&elf, image->entry))
		return "kernel's entry point is outside its segments";
	return NULL;
}

const char *image_parse_flat(struct image *image, const struct image_memory *memory, const uint8_t *file, size_t size)
{
	image->entry = memory->base + image_flat_offset;
	return image_add(image, memory, image->entry, file, size, size);
}

static bool starts_with(const uint8_t *file, size_t size, const char *magic, size_t length)
{
	return size >= length && !__builtin_memcmp(file, magic, length);
}

const char *image_parse(struct image *image, const struct image_memory *memory, const uint8_t *file, size_t size)
{
	*image = (struct image){0};
	if (!size)
		return "no kernel, or an empty file";
	if (starts_with(file, size, "\177ELF", 4))
		return image_parse_elf(image, memory, file, size);
	if (starts_with(file, size, "\037\213", 2))
		return "kernel file is gzip'd; it must be unpacked before";
	int recognized = false;
	const char *why = image_parse_arch(image, memory, file, size, &recognized);
	return recognized ? why : image_parse_flat(image, memory, file, size);
}
