/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own mappings. */
#pragma once

#include <arch/paging.h>

/* The value of satp in which no process is mapped. */
extern word_t map_kernel_satp;

/* Replaces what boot.S has mapped: the image with the rights of its sections, nothing at its physical address. */
void map_boot(paddr_t image);
/* Maps registers for the kernel. For ever. */
void *map_device(paddr_t base, size_t size);
/* The device tree while booting, read-only: null where it cannot be mapped whole. */
const void *map_devicetree(paddr_t base, size_t size);
void map_devicetree_end(void);
/* Physical address of something in the kernel's image. */
paddr_t map_image_paddr(const void *pointer);
/* Puts the kernel's part into a process's root. */
void map_share(pte_t *root);
