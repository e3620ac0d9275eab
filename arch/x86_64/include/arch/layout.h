/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's part of each address space, entries 256 to 271 of a root table. Also for assembly.
 *
 *   ffff8000_00000000  object memory, at a constant distance from where it lies (arch/inline.h): 4 TiB
 *   ffff8400_00000000  the kernel's image
 *   ffff8480_00000000  windows on user memory, one page a processor; then the registers of devices, and while booting what firmware has left in memory
 */
#pragma once

#ifdef __ASSEMBLER__
#define LAYOUT_UL(value) value
#else
#define LAYOUT_UL(value) value##UL
#endif

#define OBJECT_WINDOW LAYOUT_UL(0xffff800000000000)
#define OBJECT_WINDOW_SIZE (LAYOUT_UL(4) << 40)
#define KERNEL_WINDOW LAYOUT_UL(0xffff840000000000)
#define DEVICE_WINDOW LAYOUT_UL(0xffff848000000000)

/* Entries of a root table. */
#define KERNEL_ROOT_FIRST 256
#define KERNEL_ROOT_IMAGE 264
#define KERNEL_ROOT_DEVICE 265
#define KERNEL_ROOT_END 272

/* The image is loaded at a multiple of 2 MiB, and linked one such above KERNEL_WINDOW (kernel.ld). */
#define BOOT_IMAGE_FIRST 1
#define BOOT_IMAGE_LEAVES 4 /* of 2 MiB: room for the image */

/* A processor's block: struct cpu, guards and stacks (processor.h). */
#define PROCESSOR_SIZE LAYOUT_UL(0x10000)
