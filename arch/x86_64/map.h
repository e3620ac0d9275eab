/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own mappings. */
#pragma once

#include <arch/paging.h>

/* The value of CR3 in which no process is mapped: the kernel's own root, identifier 0. */
extern word_t map_kernel_cr3;

/* Replaces what boot.S has mapped: the image with the rights of its sections, nothing at its physical address, no page under a stack. `image` is where it was loaded. */
void map_boot(paddr_t image);
/* Of both stages: how many levels of tables can map pages. */
unsigned map_page_levels(void);
/* Maps registers for the kernel, not cached. For ever. */
void *map_device(paddr_t base, size_t size);
/* What firmware and boot loader have left in memory, read-only, while booting: null where it cannot be mapped. One range at a time: each call takes the place of the last. */
const void *map_firmware(paddr_t base, size_t size);
void map_firmware_end(void);
/* Physical address of something in the kernel's image. */
paddr_t map_image_paddr(const void *pointer);
/* Puts the kernel's part into a process's root. */
void map_share(pte_t *root);
