/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux bzImages, the PVH note of ELF files, and signs of kernels for other machines. */
#include "image.h"

#include <string.h>

#include <l4/elf.h>

#include "boot.h"
#include "bzimage.h"

const unsigned int image_elf_machine = L4_ELF_X86_64;
const uint64_t image_flat_offset = 0;

#define NOTE_PHYS32_ENTRY 18
#define SECTOR 512
#define SETUP_SECTORS_DEFAULT 4
#define ALIGNMENT_MAX (1UL << 30)

bool image_elf_entry_arch(const struct l4_elf *elf, struct image *image)
{
	size_t size = 0;
	uint32_t entry = 0;
	const uint8_t *note = l4_elf_find_note(elf, "Xen", NOTE_PHYS32_ENTRY, &size);
	/* A word of the file's class, or of the entry's: both are in use. */
	if (!note || (size != 4 && size != 8))
		return false;
	memcpy(&entry, note, sizeof(entry));
	image->entry = entry;
	image->protocol = BOOT_PVH;
	return true;
}

/* Where the kernel goes: where it would run without moving itself, or else as low as it may. */
static const char *choose_address(const struct image_memory *memory, const uint8_t *file, uint64_t room, uint64_t *address)
{
	uint64_t preferred = bzimage_u64(file, BZIMAGE_PREFERRED_ADDRESS);
	uint64_t alignment = bzimage_u32(file, BZIMAGE_ALIGNMENT);
	uint64_t offset = preferred - memory->base;
	*address = preferred;
	if (offset <= memory->size && room <= memory->size - offset)
		return NULL;
	if (!file[BZIMAGE_RELOCATABLE])
		return "kernel does not fit into the guest's memory";
	if (!alignment || alignment & (alignment - 1) || alignment > ALIGNMENT_MAX)
		return "kernel's alignment is no power of two below 1 GiB";
	*address = (memory->base + alignment - 1) & -alignment;
	return NULL;
}

static const char *parse_linux(struct image *image, const struct image_memory *memory, const uint8_t *file, size_t size)
{
	uint64_t sectors = file[BZIMAGE_SETUP_SECTORS] ? file[BZIMAGE_SETUP_SECTORS] : SETUP_SECTORS_DEFAULT;
	uint64_t start = (sectors + 1) * SECTOR;
	uint64_t length = (uint64_t)bzimage_u32(file, BZIMAGE_SYSTEM_SIZE) * 16;
	uint64_t room = bzimage_u32(file, BZIMAGE_INIT_SIZE);
	uint64_t address = 0;
	if (bzimage_u16(file, BZIMAGE_VERSION) < BZIMAGE_VERSION_MIN)
		return "kernel is older than Linux 3.8: it has no 64-bit entry";
	if (!(bzimage_u16(file, BZIMAGE_XLOAD_FLAGS) & BZIMAGE_XLOAD_FLAG_64))
		return "kernel is a 32-bit one: it has no 64-bit entry";
	if (start > size || length > size - start)
		return "kernel file is truncated";
	if (length <= BZIMAGE_ENTRY)
		return "kernel file is empty behind its header";
	if (room < length)
		room = length;
	const char *why = choose_address(memory, file, room, &address);
	if (why)
		return why;
	image->protocol = BOOT_LINUX;
	image->entry = address + BZIMAGE_ENTRY;
	return image_add(image, memory, address, file + start, length, room);
}

/* Kernels for other machines, by the marks that their own loaders go by. */
static const char *foreign(const uint8_t *file, size_t size)
{
	enum { MAGIC = 56, HEADER = 64 };
	if (size < HEADER)
		return NULL;
	if (!memcmp(file + MAGIC, "RSC\x05", 4))
		return "kernel is for another architecture: riscv";
	if (!memcmp(file + MAGIC, "ARM\x64", 4))
		return "kernel is for another architecture: arm64";
	if (file[0] == 'M' && file[1] == 'Z')
		return "kernel is an EFI program without a Linux boot header";
	return NULL;
}

const char *image_parse_arch(struct image *image, const struct image_memory *memory, const uint8_t *file, size_t size, int *recognized)
{
	bool is_linux = bzimage_recognize(file, size);
	const char *why = is_linux ? NULL : foreign(file, size);
	*recognized = is_linux || why;
	return is_linux ? parse_linux(image, memory, file, size) : why;
}
