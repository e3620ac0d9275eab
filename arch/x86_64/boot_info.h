/* SPDX-License-Identifier: BSD-2-Clause */
/* What a boot loader leaves, by either protocol. The kinds are also for assembly (boot.S). */
#pragma once

#define BOOT_PVH 1
#define BOOT_MULTIBOOT2 2

#ifndef __ASSEMBLER__
#include "ranges.h"

struct boot_info {
	struct ranges ram;        /* usable memory */
	struct ranges kept;       /* that is neither usable memory nor a device: what the loader's map calls anything else */
	struct boot_range bundle; /* the first module; empty where there is none */
	paddr_t rsdp;             /* of ACPI; 0 where the loader does not say */
};

/* Reads what lies at `info`. Panics with what is wrong where it cannot be what the protocol says. */
void boot_info_read(struct boot_info *boot, word_t kind, paddr_t info);
/* For the readers of the protocols: an entry of the machine's memory map, in firmware's numbers of kinds. */
void boot_info_add_memory(struct boot_info *boot, uint64_t base, uint64_t size, uint32_t kind);

/* The readers. */
void pvh_read(struct boot_info *boot, paddr_t info);
void multiboot2_read(struct boot_info *boot, paddr_t info);
#endif
