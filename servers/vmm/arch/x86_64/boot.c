/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot.h"

#include <string.h>

#include "bzimage.h"
#include "guest.h"

#define PAGE 4096UL

unsigned int boot_memory_map(uint64_t memory_size, struct boot_range ranges[BOOT_RANGES])
{
	ranges[0] = (struct boot_range){0, BOOT_LOW_END, BOOT_RANGE_RAM};
	ranges[1] = (struct boot_range){BOOT_TABLES, BOOT_TABLES_SIZE, BOOT_RANGE_RESERVED};
	ranges[2] = (struct boot_range){BOOT_KERNEL_MIN, memory_size - BOOT_KERNEL_MIN, BOOT_RANGE_RAM};
	return BOOT_RANGES;
}

const char *boot_place_initrd(const struct image_memory *memory, const struct image *image, const uint8_t *file, size_t file_size, uint64_t size,
			      uint64_t *initrd)
{
	uint64_t end = memory->base + memory->size;
	/* The header's field is the last byte that may be used. */
	if (bzimage_recognize(file, file_size) && bzimage_u32(file, BZIMAGE_INITRD_MAX) + 1UL < end)
		end = bzimage_u32(file, BZIMAGE_INITRD_MAX) + 1UL;
	if (end < image->end || size > end - image->end)
		return "initrd does not fit into the guest's memory";
	*initrd = (end - size) & -PAGE;
	if (*initrd < image->end)
		return "initrd does not fit into the guest's memory";
	return NULL;
}

const char *boot_put_command_line(const struct boot *boot, size_t limit)
{
	char *to = guest_memory(BOOT_COMMAND_LINE, BOOT_COMMAND_LINE_SIZE);
	if (!to || boot->command_line_size > limit || boot->command_line_size >= BOOT_COMMAND_LINE_SIZE)
		return "command line is longer than the kernel takes";
	memcpy(to, boot->command_line, boot->command_line_size);
	to[boot->command_line_size] = 0;
	return NULL;
}
