/* SPDX-License-Identifier: BSD-2-Clause */
/* The hvm_start_info of the x86/HVM direct boot ABI (xen/include/public/arch-x86/hvm/start_info.h). */
#include "boot.h"

#include <string.h>

#include "guest.h"

#define MAGIC 0x336ec578
#define VERSION 1

struct start_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t module_count;
	uint64_t modules;
	uint64_t command_line;
	uint64_t rsdp;
	uint64_t map;
	uint32_t map_count;
	uint32_t reserved;
};

struct module {
	uint64_t address;
	uint64_t size;
	uint64_t command_line;
	uint64_t reserved;
};

struct map_entry {
	uint64_t start;
	uint64_t size;
	uint32_t type; /* as the BIOS's */
	uint32_t reserved;
};

_Static_assert(sizeof(struct start_info) == 56 && sizeof(struct module) == 32 && sizeof(struct map_entry) == 24, "layouts of the direct boot ABI");

/* All of it lies in one page. */
struct description {
	struct start_info info;
	struct module initrd;
	struct map_entry map[BOOT_RANGES];
};

const char *boot_pvh_describe(const struct boot *boot)
{
	struct boot_range ranges[BOOT_RANGES];
	struct description all = {
		.info = {
			.magic = MAGIC,
			.version = VERSION,
			.module_count = boot->initrd_size ? 1 : 0,
			.modules = boot->initrd_size ? BOOT_DESCRIPTION + offsetof(struct description, initrd) : 0,
			.command_line = BOOT_COMMAND_LINE,
			.rsdp = BOOT_TABLES,
			.map = BOOT_DESCRIPTION + offsetof(struct description, map),
			.map_count = boot_memory_map(boot->memory_size, ranges),
		},
		.initrd = {.address = boot->initrd, .size = boot->initrd_size},
	};
	for (unsigned int i = 0; i < all.info.map_count; i++)
		all.map[i] = (struct map_entry){ranges[i].start, ranges[i].size, ranges[i].type, 0};
	memcpy(guest_memory(BOOT_DESCRIPTION, sizeof(all)), &all, sizeof(all));
	return boot_put_command_line(boot, BOOT_COMMAND_LINE_SIZE - 1);
}
