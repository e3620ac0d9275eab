/* SPDX-License-Identifier: BSD-2-Clause */
#include "devices.h"

#include <string.h>

#include <l4/pages.h>
#include <l4/stubs.h>
#include <servers/layout.h>

#include "init.h"

#define PAGE_SIZE (1UL << L4_PAGE_BITS)
#define DEVICETREE_VADDR 0x20000000UL

static struct l4_fdt fdt;

void devices_init(void)
{
	const struct l4_boot_region *region = &init.bootinfo->devicetree;
	l4_word_t base = region->paddr & -PAGE_SIZE;
	for (l4_word_t i = 0; i < init.bootinfo->untyped_count; i++) {
		const struct l4_boot_untyped *info = &init.bootinfo->untyped[i];
		if (info->kind != L4_MEMORY_DEVICE || info->paddr < base || info->paddr >= region->paddr + region->size)
			continue;
		struct l4_pages pages;
		l4_word_t vaddr = DEVICETREE_VADDR + info->paddr - base;
		init_require(l4_pages_of_device(&init.slots, L4_BOOT_UNTYPED + i, 1UL << info->size_bits, vaddr, &pages), "the device tree's memory");
		init_require(l4_pages_map(&pages, &init.window.own, vaddr, L4_READ), "the device tree cannot be mapped");
	}
	if (region->size == 0 || !l4_fdt_open(&fdt, (const void *)(DEVICETREE_VADDR + region->paddr % PAGE_SIZE), region->size))
		init_fail("the machine has no device tree");
}

/* The boot-time untyped that holds a page of device registers; 0 where there is none. */
static l4_cap_t untyped_of(l4_word_t page, unsigned int *bits, l4_word_t *base)
{
	for (l4_word_t i = 0; i < init.bootinfo->untyped_count; i++) {
		const struct l4_boot_untyped *info = &init.bootinfo->untyped[i];
		if (info->kind != L4_MEMORY_DEVICE || page < info->paddr || page - info->paddr >= 1UL << info->size_bits)
			continue;
		*bits = info->size_bits;
		*base = info->paddr;
		return L4_BOOT_UNTYPED + i;
	}
	return 0;
}

/* The frame of one page of registers. The untyped around it is halved until only the page is left: other devices' pages stay untyped. */
static l4_cap_t device_page(l4_word_t page)
{
	unsigned int bits = 0;
	l4_word_t base = 0;
	l4_cap_t untyped = untyped_of(page, &bits, &base);
	if (untyped == 0)
		init_fail("the kernel gave no memory for the device at %#lx", page);
	for (; bits > L4_PAGE_BITS; bits--) {
		l4_cap_t halves = l4_slots_alloc_range(&init.slots, 2);
		init_require(l4_untyped_retype(untyped, L4_TYPE_UNTYPED, bits - 1, L4_BOOT_CNODE, halves, 2), "a device's memory");
		bool upper = page - base >= 1UL << (bits - 1);
		untyped = halves + upper;
		base += upper ? 1UL << (bits - 1) : 0;
	}
	l4_cap_t frame = l4_slots_alloc(&init.slots);
	init_require(l4_untyped_retype(untyped, L4_TYPE_FRAME, L4_PAGE_BITS, L4_BOOT_CNODE, frame, 1), "a device's page");
	return frame;
}

void devices_find_uart(struct manifest *manifest)
{
	l4_fdt_node node = l4_fdt_find_compatible(&fdt, L4_FDT_NONE, "ns16550a");
	uint64_t address, size;
	struct l4_fdt_property interrupts;
	uint32_t line;
	if (node == L4_FDT_NONE || !l4_fdt_reg(&fdt, node, 0, &address, &size) || !l4_fdt_property(&fdt, node, "interrupts", &interrupts) ||
	    !l4_fdt_cell(&interrupts, 0, &line))
		init_fail("the device tree names no 16550 serial line");
	manifest->uart_offset = address % PAGE_SIZE;
	manifest->uart_frame = device_page(address & -PAGE_SIZE);
	manifest->uart_interrupt = l4_slots_alloc(&init.slots);
	init_require(l4_irq_control_issue(L4_BOOT_IRQ_CONTROL, line, L4_BOOT_CNODE, manifest->uart_interrupt), "the serial line's interrupt");
}

void devices_find_seed(struct manifest *manifest)
{
	l4_fdt_node chosen = l4_fdt_find(&fdt, "/chosen");
	struct l4_fdt_property seed;
	if (chosen != L4_FDT_NONE && l4_fdt_property(&fdt, chosen, "rng-seed", &seed)) {
		manifest->seed_count = seed.size / sizeof(l4_word_t) < MANIFEST_SEEDS ? seed.size / sizeof(l4_word_t) : MANIFEST_SEEDS;
		memcpy(manifest->seed, seed.data, manifest->seed_count * sizeof(l4_word_t));
	}
	manifest->features = devices_guest_features(&fdt);
}
