/* SPDX-License-Identifier: BSD-2-Clause */
/* The Linux Image format of RISC-V (Documentation/arch/riscv/boot-image-header.rst), and signs of kernels for other machines. */
#include "image.h"

#include <stdbool.h>
#include <string.h>

#include <l4/elf.h>

const unsigned int image_elf_machine = L4_ELF_RISCV;
const uint64_t image_flat_offset = 2UL << 20;

bool image_elf_entry_arch(const struct l4_elf *elf, struct image *image)
{
	(void)elf;
	(void)image;
	return false;
}

struct header {
	uint32_t code[2];
	uint64_t text_offset;
	uint64_t image_size; /* with the zeroed memory behind the file */
	uint64_t flags;
	uint32_t version;
	uint32_t reserved[3];
	char magic[8];       /* deprecated in favour of magic2 */
	char magic2[4];
	uint32_t pe_offset;
};

_Static_assert(sizeof(struct header) == 64 && offsetof(struct header, magic2) == 56, "layout of the Image header");

#define FLAG_BIG_ENDIAN 1
#define ALIGNMENT (2UL << 20) /* of the place */

static uint32_t read_u16(const uint8_t *at)
{
	return at[0] | at[1] << 8;
}

static uint32_t read_u32(const uint8_t *at)
{
	return read_u16(at) | read_u16(at + 2) << 16;
}

/*
 * A kernel with an EFI stub is a PE file too, whose section table tells how long the file must be; image_size does not, as it counts
 * the zeroed memory.
 */
static bool is_truncated(const struct header *header, const uint8_t *file, size_t size)
{
	enum { PE_HEADER = 24, SECTION = 40, RAW_SIZE = 16, RAW_OFFSET = 20, SECTIONS_MAX = 32 };
	uint64_t pe = header->pe_offset;
	if (header->code[0] % (1 << 16) != 0x5a4d || !pe)
		return false;
	if (pe + PE_HEADER > size)
		return true;
	if (memcmp(file + pe, "PE\0\0", 4))
		return false;
	uint64_t section = pe + PE_HEADER + read_u16(file + pe + 20);
	for (unsigned int count = read_u16(file + pe + 6), i = 0; i < count && i < SECTIONS_MAX; i++, section += SECTION) {
		if (section + SECTION > size)
			return true;
		if ((uint64_t)read_u32(file + section + RAW_OFFSET) + read_u32(file + section + RAW_SIZE) > size)
			return true;
	}
	return false;
}

static const char *parse_linux(struct image *image, const struct image_memory *memory, const struct header *header, const uint8_t *file, size_t size)
{
	if (header->flags & FLAG_BIG_ENDIAN)
		return "kernel is big-endian";
	if (is_truncated(header, file, size))
		return "kernel file is truncated";
	/* An Image without a size is from before the header had one: what lies behind it is unknown. */
	uint64_t memory_size = header->image_size ? header->image_size : size;
	if (memory_size < size)
		memory_size = size;
	if (header->text_offset % ALIGNMENT)
		return "kernel's place is no multiple of 2 MiB";
	if (header->text_offset > memory->size)
		return "kernel does not fit into the guest's memory";
	image->entry = memory->base + header->text_offset;
	return image_add(image, memory, image->entry, file, size, memory_size);
}

/* Kernels for other machines, by the marks that their own loaders go by. */
static const char *foreign(const struct header *header, const uint8_t *file, size_t size)
{
	if (!memcmp(header->magic2, "ARM\x64", 4))
		return "kernel is for another architecture: arm64";
	if (size >= 0x206 && !memcmp(file + 0x202, "HdrS", 4))
		return "kernel is for another architecture: x86";
	if (header->code[0] % (1 << 16) == 0x5a4d && memcmp(header->magic2, "RSC\x05", 4))
		return "kernel is an EFI program without a RISC-V Image header";
	return NULL;
}

const char *image_parse_arch(struct image *image, const struct image_memory *memory, const uint8_t *file, size_t size, int *recognized)
{
	struct header header;
	if (size < sizeof(header))
		return NULL;
	memcpy(&header, file, sizeof(header));
	const char *why = foreign(&header, file, size);
	bool is_linux = !memcmp(header.magic2, "RSC\x05", 4) || !memcmp(header.magic, "RISCV\0\0\0", 8);
	*recognized = why || is_linux;
	if (why || !is_linux)
		return why;
	return parse_linux(image, memory, &header, file, size);
}
