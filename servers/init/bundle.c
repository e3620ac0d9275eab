/* SPDX-License-Identifier: BSD-2-Clause */
#include "bundle.h"

#include <string.h>

#include <l4/arch/elf.h>
#include <l4/cpio.h>
#include <l4/crc32.h>
#include <l4/pages.h>
#include <l4/stubs.h>
#include <servers/layout.h>

#include "devices.h"
#include "init.h"

#define PIECES_MAX 64

/* The untypeds that cover the bundle, as frames: first capabilities, which the monitor gets, and the copies that init has mapped. */
static struct piece {
	l4_word_t vaddr;
	struct l4_pages frames;
	struct l4_pages mapped;
} pieces[PIECES_MAX];
static size_t piece_count;

l4_word_t bundle_vaddr(void)
{
	return LAYOUT_BUNDLE + init.bootinfo->bundle.paddr % LAYOUT_BUNDLE_ALIGN;
}

static void map_piece(l4_cap_t untyped, const struct l4_boot_untyped *info)
{
	if (piece_count == PIECES_MAX)
		init_fail("the boot bundle lies in too many pieces of memory");
	struct piece *piece = &pieces[piece_count++];
	piece->vaddr = bundle_vaddr() + info->paddr - init.bootinfo->bundle.paddr;
	init_require(l4_pages_of_device(&init.slots, untyped, 1UL << info->size_bits, piece->vaddr, &piece->frames), "the boot bundle's memory");
	init_require(l4_pages_copy(&piece->frames, &init.slots, L4_READ, &piece->mapped), "the boot bundle's capabilities");
	init_require(l4_pages_map(&piece->mapped, &init.window.own, piece->vaddr, L4_READ), "the boot bundle cannot be mapped");
}

static void check_archive(void)
{
	struct l4_cpio_file file;
	size_t offset = 0;
	enum l4_cpio_result result;
	do {
		result = l4_cpio_next(init.bundle, init.bundle_size, &offset, &file);
	} while (result == L4_CPIO_FILE);
	if (result == L4_CPIO_BAD)
		init_fail("the boot bundle is no cpio archive, or it is cut off (%zu of %zu bytes read)", offset, init.bundle_size);
}

void bundle_map(void)
{
	const struct l4_bootinfo *bootinfo = init.bootinfo;
	const struct l4_boot_region *bundle = &bootinfo->bundle;
	if (bundle->size == 0)
		init_fail("there is no boot bundle; pass one to the kernel as its initrd");
	for (l4_word_t i = 0; i < bootinfo->untyped_count; i++) {
		const struct l4_boot_untyped *info = &bootinfo->untyped[i];
		if (info->kind == L4_MEMORY_DEVICE && info->paddr >= (bundle->paddr & -(1UL << L4_PAGE_BITS)) && info->paddr < bundle->paddr + bundle->size)
			map_piece(L4_BOOT_UNTYPED + i, info);
	}
	if (piece_count == 0)
		init_fail("the kernel gave no memory for the boot bundle");
	init.bundle = (const uint8_t *)bundle_vaddr();
	init.bundle_size = bundle->size;
	check_archive();
}

void bundle_check_files(void)
{
	struct manifest_file listed;
	struct l4_cpio_file file;
	l4_fdt_node cursor = L4_FDT_NONE;
	while (manifest_next_file(&init.manifest, &cursor, &listed)) {
		if (!listed.name)
			init_fail("manifest: an entry of its files is incomplete");
		if (!l4_cpio_find(init.bundle, init.bundle_size, listed.name, &file))
			init_fail("the boot bundle has no member '%s', which its manifest lists", listed.name);
		if (file.size != listed.size || l4_crc32(0, file.data, file.size) != listed.crc32)
			init_fail("member '%s' of the boot bundle is damaged: it is not what the manifest was made for", listed.name);
	}
}

static void check_program(const char *name)
{
	struct l4_cpio_file file;
	struct l4_elf elf;
	if (!l4_cpio_find(init.bundle, init.bundle_size, name, &file))
		init_fail("the boot bundle has no program '%s'", name);
	enum l4_elf_error error = l4_elf_open(&elf, file.data, file.size, L4_ARCH_ELF_MACHINE);
	if (error != L4_ELF_OK)
		init_fail("program '%s' of the boot bundle: %s", name, l4_elf_error_text(error));
}

static void check_disk(const struct partition *partition)
{
	struct l4_cpio_file file;
	if (!l4_cpio_find(init.bundle, init.bundle_size, partition->disk, &file) || file.size == 0)
		init_fail("the boot bundle has no disk '%s' for guest '%s'", partition->disk, partition->name);
	if (partition->disk_memory && file.size > partition->disk_memory)
		init_fail("guest '%s' has too little memory for the copy of its disk '%s'", partition->name, partition->disk);
}

static void check_payload(const struct partition *partition)
{
	struct l4_cpio_file file;
	if (!init.bootinfo->has_vcpu)
		init_fail("this machine cannot run guest '%s': it lacks %s", partition->name, devices_guest_support);
	if (!l4_cpio_find(init.bundle, init.bundle_size, partition->kernel, &file) || file.size == 0)
		init_fail("the boot bundle has no kernel '%s' for guest '%s'", partition->kernel, partition->name);
	if (partition->disk[0])
		check_disk(partition);
}

void bundle_check_programs(const struct system_description *system)
{
	for (size_t i = 0; i < SYSTEM_PARTITIONS_MAX && partition_is_used(&system->partition[i]); i++) {
		const struct partition *partition = &system->partition[i];
		check_program(partition->program);
		if (partition->flags & PARTITION_PAGED)
			check_program("pager");
		if (partition->flags & PARTITION_GUEST)
			check_payload(partition);
	}
}

l4_word_t bundle_share(const struct l4_space *space, struct handover_run runs[HANDOVER_BUNDLE_RUNS])
{
	l4_word_t count = 0;
	for (size_t i = 0; i < piece_count; i++) {
		const struct piece *piece = &pieces[i];
		init_require(l4_pages_map(&piece->frames, space, piece->vaddr, L4_READ), "the boot bundle cannot be mapped into the monitor");
		l4_word_t vaddr = piece->vaddr;
		for (unsigned int j = 0; j < piece->frames.runs; j++) {
			const struct l4_pages_run *run = &piece->frames.run[j];
			if (count == HANDOVER_BUNDLE_RUNS)
				init_fail("the boot bundle lies in too many pieces of memory");
			runs[count++] = (struct handover_run){vaddr, run->first, run->count, run->page_bits};
			vaddr += (l4_word_t)run->count << run->page_bits;
		}
	}
	return count;
}
