/* SPDX-License-Identifier: BSD-2-Clause */
#include "boot_info.h"

#include <kernel/print.h>

/* The kind of usable memory, in the numbers of the BIOS's memory map, which both protocols use. */
#define MEMORY_USABLE 1

void boot_info_add_memory(struct boot_info *boot, uint64_t base, uint64_t size, uint32_t kind)
{
	if (kind == MEMORY_USABLE)
		ranges_add(&boot->ram, range_inner_pages(base, size));
	else if (size)
		ranges_add(&boot->kept, range_outer_pages(base, size));
}

void boot_info_read(struct boot_info *boot, word_t kind, paddr_t info)
{
	*boot = (struct boot_info){.kept.may_widen = true};
	if (kind == BOOT_PVH)
		pvh_read(boot, info);
	else
		multiboot2_read(boot, info);
	if (!boot->ram.count)
		panic("boot loader: it tells of no memory", info);
}
