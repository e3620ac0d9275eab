/* SPDX-License-Identifier: BSD-2-Clause */
/* What a multiboot2 loader leaves: a list of tags, each a multiple of 8 bytes, of which only the total length is known before it is walked. */
#include <kernel/print.h>

#include "boot_info.h"
#include "map.h"

#define TAG_ALIGN_BITS 3
#define TAG_END 0
#define TAG_MODULE 3
#define TAG_MEMORY_MAP 6
#define TAG_ACPI_OLD 14
#define TAG_ACPI_NEW 15

struct info_header {
	uint32_t size;
	uint32_t reserved;
};

struct tag {
	uint32_t type;
	uint32_t size; /* with this */
};

struct tag_module {
	struct tag tag;
	uint32_t start;
	uint32_t end;
};

struct tag_memory_map {
	struct tag tag;
	uint32_t entry_size;
	uint32_t entry_version;
};

struct memory_map_entry {
	uint64_t base;
	uint64_t size;
	uint32_t kind;
	uint32_t reserved;
};

struct reader {
	struct boot_info *boot;
	paddr_t paddr; /* of the information */
	const char *base;
	bool has_module;
	bool has_new_acpi;
};

/* The tag as one of `size` bytes. */
static const void *tag_as(const struct tag *tag, size_t size)
{
	if (tag->size < size)
		panic("boot loader: multiboot2 tag is too short, type", tag->type);
	return tag;
}

/* The first module is the boot bundle. */
static void read_module(struct reader *reader, const struct tag *tag)
{
	const struct tag_module *module = tag_as(tag, sizeof(*module));
	if (reader->has_module)
		return;
	reader->has_module = true;
	if (module->end < module->start)
		panic("boot loader: the boot bundle ends before it begins", module->start);
	reader->boot->bundle = (struct boot_range){module->start, module->end};
}

static void read_memory_map(struct reader *reader, const struct tag *tag)
{
	const struct tag_memory_map *map = tag_as(tag, sizeof(*map));
	if (map->entry_size < sizeof(struct memory_map_entry) || map->entry_size % 8)
		panic("boot loader: memory map with entries of an unknown size", map->entry_size);
	size_t count = (tag->size - sizeof(*map)) / map->entry_size;
	for (size_t i = 0; i < count; i++) {
		const struct memory_map_entry *entry = (const void *)((const char *)(map + 1) + i * map->entry_size);
		boot_info_add_memory(reader->boot, entry->base, entry->size, entry->kind);
	}
}

/* The tag holds a copy of the RSDP. A copy of the new one is better, whichever comes first. */
static void read_acpi(struct reader *reader, const struct tag *tag)
{
	if (reader->has_new_acpi)
		return;
	reader->has_new_acpi = tag->type == TAG_ACPI_NEW;
	reader->boot->rsdp = reader->paddr + (paddr_t)((const char *)(tag + 1) - reader->base);
}

static void read_tag(struct reader *reader, const struct tag *tag)
{
	switch (tag->type) {
	case TAG_MODULE:
		read_module(reader, tag);
		break;
	case TAG_MEMORY_MAP:
		read_memory_map(reader, tag);
		break;
	case TAG_ACPI_OLD:
	case TAG_ACPI_NEW:
		read_acpi(reader, tag);
		break;
	default:
		break;
	}
}

static void read_tags(struct reader *reader, size_t size)
{
	size_t offset = sizeof(struct info_header);
	while (offset + sizeof(struct tag) <= size) {
		const struct tag *tag = (const void *)(reader->base + offset);
		if (tag->type == TAG_END)
			return;
		if (tag->size < sizeof(*tag) || tag->size > size - offset)
			panic("boot loader: multiboot2 tag has a wrong size, at", offset);
		read_tag(reader, tag);
		offset += align_up(tag->size, TAG_ALIGN_BITS);
	}
	panic("boot loader: multiboot2 information without an end", reader->paddr);
}

void multiboot2_read(struct boot_info *boot, paddr_t paddr)
{
	const struct info_header *header = is_aligned(paddr, TAG_ALIGN_BITS) ? map_firmware(paddr, sizeof(*header)) : NULL;
	if (!header)
		panic("boot loader: no multiboot2 information at", paddr);
	size_t size = header->size;
	struct reader reader = {.boot = boot, .paddr = paddr, .base = map_firmware(paddr, size)};
	if (!reader.base)
		panic("boot loader: multiboot2 information is too long", size);
	read_tags(&reader, size);
}
