/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's part of each address space, the last 256 GiB, in Sv48 and Sv39 alike. Also for assembly.
 *
 *   -256 GiB  object memory (arch/inline.h)
 *   -2 GiB    the kernel's image
 *   -1 GiB    windows on user memory, one page a processor; then the registers of devices, and while booting the device tree
 */
#pragma once

/* Entries of kernel_level2, whose entries are 1 GiB each. */
#define KERNEL_LEVEL2_FIRST 256
#define KERNEL_LEVEL2_IMAGE 510
#define KERNEL_LEVEL2_DEVICE 511

#define BOOT_IMAGE_LEAVES 4 /* of 2 MiB: room for the image */

#define IMAGE_TEXT_OFFSET 0x200000 /* of the image in the machine's memory, where a boot loader asks: the firmware is below it */
