/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How kernels are entered, and what they find in the memory below 1 MiB:
 *
 *   BOOT_LINUX  64-bit mode with paging, all below 4 GiB mapped to itself; rsi is the address of a Linux boot_params (the 64-bit boot protocol of
 *               Documentation/arch/x86/boot.rst). For bzImages, for ELF files without a PVH entry, and for flat binaries, which lie at 1 MiB.
 *   BOOT_PVH    32-bit protected mode without paging; ebx is the address of an hvm_start_info (the x86/HVM direct boot ABI). For ELF files whose note
 *               XEN_ELFNOTE_PHYS32_ENTRY asks for it.
 *
 * In both, interrupts are off, segments are flat and the local APIC is in x2APIC mode.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "image.h"

enum boot_protocol {
	BOOT_LINUX,
	BOOT_PVH,
};

/* Guest-physical addresses. */
#define BOOT_GDT 0x1000UL
#define BOOT_DESCRIPTION 0x2000UL /* boot_params or hvm_start_info */
#define BOOT_SEED 0x3000UL
#define BOOT_PAGE_TABLES 0x4000UL
#define BOOT_COMMAND_LINE 0x10000UL
#define BOOT_COMMAND_LINE_SIZE 0x10000UL /* with the 0 behind it */
#define BOOT_LOW_END 0xa0000UL
#define BOOT_TABLES 0xe0000UL /* ACPI's; the RSDP is first */
#define BOOT_TABLES_SIZE 0x10000UL
#define BOOT_KERNEL_MIN 0x100000UL

#define BOOT_SEED_SIZE 64

/* What both protocols tell. */
struct boot {
	const uint8_t *file; /* the kernel's */
	size_t file_size;
	uint64_t kernel;     /* guest-physical; where its first piece lies */
	uint64_t memory_size;
	uint64_t initrd;     /* guest-physical */
	uint64_t initrd_size;
	const char *command_line; /* not terminated */
	size_t command_line_size;
	uint8_t seed[BOOT_SEED_SIZE];
};

/* Write the descriptions, command line and seed into guest memory; null, or why that cannot be. */
const char *boot_linux_describe(const struct boot *boot);
const char *boot_pvh_describe(const struct boot *boot);

/* Null, or why the initrd does not fit: it lies as high as it may. */
const char *boot_place_initrd(const struct image_memory *memory, const struct image *image, const uint8_t *file, size_t file_size, uint64_t size,
			      uint64_t *initrd);

/* The memory map: at most BOOT_RANGES ranges; gives their number. */
#define BOOT_RANGES 3
enum boot_range_type { BOOT_RANGE_RAM = 1, BOOT_RANGE_RESERVED = 2 };
struct boot_range {
	uint64_t start;
	uint64_t size;
	uint32_t type;
};
unsigned int boot_memory_map(uint64_t memory_size, struct boot_range ranges[BOOT_RANGES]);

/* Copies the command line, terminated, to its place; null, or why not. `limit` is the longest that the kernel takes. */
const char *boot_put_command_line(const struct boot *boot, size_t limit);
