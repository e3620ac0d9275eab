/* SPDX-License-Identifier: BSD-2-Clause */
/* Where payload and device tree lie in guest memory: the kernel where it wants to be, the others as high as they fit. */
#pragma once

#include "image.h"

#define LAYOUT_DEVICETREE_SIZE (64UL << 10)

struct layout {
	uint64_t initrd;     /* guest-physical, page-aligned */
	uint64_t devicetree; /* guest-physical, page-aligned; LAYOUT_DEVICETREE_SIZE bytes */
};

/* Null, or why it does not fit. */
const char *layout_make(struct layout *layout, const struct image_memory *memory, const struct image *image, uint64_t initrd_size);
