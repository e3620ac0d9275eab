/* SPDX-License-Identifier: BSD-2-Clause */
#include "fault_region.h"

#include <stdio.h>

#include <l4/arch/elf.h>
#include <l4/cpio.h>
#include <servers/layout.h>

#define PAGE_SIZE (1UL << L4_PAGE_BITS)

static bool found(struct fault_region *region, const char *name, l4_word_t rights)
{
	snprintf(region->name, sizeof(region->name), "%s", name);
	region->rights = rights;
	return true;
}

static bool find_shared(const struct part *part, l4_word_t address, struct fault_region *region)
{
	const struct process_region *shared = process_region_at(&part->program, address);
	if (!shared)
		return false;
	snprintf(region->name, sizeof(region->name), "'%s'", shared->name);
	region->rights = shared->rights;
	region->is_shared = true;
	return true;
}

/* What init or the monitor has laid out for it. */
static bool find_own(const struct part *part, l4_word_t address, struct fault_region *region)
{
	const struct partition *description = part->description;
	if (LAYOUT_STACK_TOP - address - 1 < description->stack_pages * PAGE_SIZE)
		return found(region, "its stack", L4_READ | L4_WRITE);
	if (address - LAYOUT_HEAP < description->heap_pages * PAGE_SIZE)
		return found(region, "its heap", L4_READ | L4_WRITE);
	if (address - LAYOUT_STARTUP < PAGE_SIZE)
		return found(region, "its startup block", L4_READ);
	return address - LAYOUT_BUFFER < PAGE_SIZE && found(region, "its IPC buffer", L4_READ | L4_WRITE);
}

/* The program's segments are on pages of their own. */
static bool find_segment(const struct part *part, l4_word_t address, struct fault_region *region)
{
	struct l4_cpio_file file;
	struct l4_elf elf;
	struct l4_elf_segment segment;
	if (!l4_cpio_find((const void *)monitor.handover->bundle_vaddr, monitor.handover->bundle_size, part->description->program, &file) ||
	    l4_elf_open(&elf, file.data, file.size, L4_ARCH_ELF_MACHINE) != L4_ELF_OK)
		return false;
	for (unsigned int i = 0; l4_elf_segment(&elf, &i, &segment);) {
		l4_word_t start = segment.vaddr & -PAGE_SIZE;
		if (address - start < ((segment.vaddr + segment.memory_size + PAGE_SIZE - 1) & -PAGE_SIZE) - start)
			return found(region, segment.rights & L4_EXECUTE ? "its code" : segment.rights & L4_WRITE ? "its data" : "its constants", segment.rights);
	}
	return false;
}

bool fault_region_at(const struct part *part, l4_word_t address, struct fault_region *region)
{
	*region = (struct fault_region){0};
	return find_shared(part, address, region) || find_own(part, address, region) || find_segment(part, address, region);
}
