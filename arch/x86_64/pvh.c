/* SPDX-License-Identifier: BSD-2-Clause */
/* What a PVH loader leaves (Xen's start_info.h). */
#include <kernel/print.h>

#include "boot_info.h"
#include "map.h"

#define PVH_MAGIC 0x336ec578
#define PVH_VERSION_MEMORY_MAP 1 /* from here on there is a memory map */

/* Packed: nobody promises that they are aligned. */
struct pvh_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t module_count;
	uint64_t modules;
	uint64_t command_line;
	uint64_t rsdp;
	uint64_t memory_map;
	uint32_t memory_map_count;
	uint32_t reserved;
} __attribute__((packed));

struct pvh_module {
	uint64_t base;
	uint64_t size;
	uint64_t command_line;
	uint64_t reserved;
} __attribute__((packed));

struct pvh_memory {
	uint64_t base;
	uint64_t size;
	uint32_t kind;
	uint32_t reserved;
} __attribute__((packed));

_Static_assert(sizeof(struct pvh_info) == 56 && sizeof(struct pvh_module) == 32 && sizeof(struct pvh_memory) == 24, "the protocol's layout");

static void read_module(struct boot_info *boot, paddr_t modules)
{
	const struct pvh_module *module = map_firmware(modules, sizeof(*module));
	if (!module)
		panic("boot loader: its list of modules is not in memory", modules);
	if (module->size > UINT64_MAX - module->base)
		panic("boot loader: the boot bundle has no end", module->size);
	boot->bundle = (struct boot_range){module->base, module->base + module->size};
}

static void read_memory_map(struct boot_info *boot, paddr_t base, uint32_t count)
{
	const struct pvh_memory *map = map_firmware(base, (size_t)count * sizeof(*map));
	if (!map)
		panic("boot loader: its memory map is not in memory, or too long", base);
	for (uint32_t i = 0; i < count; i++)
		boot_info_add_memory(boot, map[i].base, map[i].size, map[i].kind);
}

void pvh_read(struct boot_info *boot, paddr_t paddr)
{
	const struct pvh_info *mapped = map_firmware(paddr, sizeof(*mapped));
	if (!mapped || mapped->magic != PVH_MAGIC)
		panic("boot loader: no PVH information at", paddr);
	if (mapped->version < PVH_VERSION_MEMORY_MAP)
		panic("boot loader: PVH without a memory map, version", mapped->version);
	struct pvh_info info = *mapped;
	boot->rsdp = info.rsdp;
	if (info.module_count)
		read_module(boot, info.modules);
	read_memory_map(boot, info.memory_map, info.memory_map_count);
}
