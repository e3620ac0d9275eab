/* SPDX-License-Identifier: BSD-2-Clause */
#include "entry_layout.h"

#define PAGE 4096UL

const char *layout_make(struct layout *layout, const struct image_memory *memory, const struct image *image, uint64_t initrd_size)
{
	uint64_t room = memory->base + memory->size - image->end;
	uint64_t initrd_pages = (initrd_size + PAGE - 1) & ~(PAGE - 1);
	if (initrd_pages < initrd_size || initrd_pages > room)
		return "initrd does not fit into the guest's memory";
	layout->initrd = (memory->base + memory->size - initrd_pages) & ~(PAGE - 1);
	if (layout->initrd < image->end || layout->initrd - image->end < LAYOUT_DEVICETREE_SIZE)
		return "no room for a device tree in the guest's memory";
	layout->devicetree = layout->initrd - LAYOUT_DEVICETREE_SIZE;
	return 0;
}
