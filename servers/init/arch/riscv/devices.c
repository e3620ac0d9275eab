/* SPDX-License-Identifier: BSD-2-Clause */
/* What the device tree says. */
#include "../../devices.h"

#include <string.h>

#include <l4/fdt.h>
#include <l4/pages.h>
#include <l4/stubs.h>
#include <servers/layout.h>

#include "../../init.h"
#include "features.h"

const char devices_architecture[] = "riscv";
const char devices_guest_support[] = "the hypervisor extension";

#define PAGE_SIZE (1UL << L4_PAGE_BITS)
#define DEVICETREE_VADDR 0x20000000UL

static struct l4_fdt fdt;

static void open_devicetree(void)
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

l4_cap_t devices_ports(l4_word_t first, l4_word_t count)
{
	init_fail("the manifest gives ports %#lx to %#lx away, and this machine has none", first, first + count - 1);
}

l4_cap_t devices_watchdog(void)
{
	init_fail("the manifest wants the machine's watchdog, and no such device of this architecture is known");
}

static void find_uart(struct handover_uart *uart)
{
	l4_fdt_node node = l4_fdt_find_compatible(&fdt, L4_FDT_NONE, "ns16550a");
	uint64_t address, size;
	struct l4_fdt_property interrupts;
	uint32_t line;
	if (node == L4_FDT_NONE || !l4_fdt_reg(&fdt, node, 0, &address, &size) || !l4_fdt_property(&fdt, node, "interrupts", &interrupts) ||
	    !l4_fdt_cell(&interrupts, 0, &line))
		init_fail("the device tree names no 16550 serial line");
	uart->address = address % PAGE_SIZE;
	uart->registers = l4_slots_alloc(&init.slots);
	devices_page(address & -PAGE_SIZE, uart->registers);
	uart->interrupt = devices_interrupt(line);
}

static void find_seed(struct handover *handover)
{
	l4_fdt_node chosen = l4_fdt_find(&fdt, "/chosen");
	struct l4_fdt_property seed;
	if (chosen != L4_FDT_NONE && l4_fdt_property(&fdt, chosen, "rng-seed", &seed)) {
		handover->seed_count = seed.size / sizeof(l4_word_t) < HANDOVER_SEEDS ? seed.size / sizeof(l4_word_t) : HANDOVER_SEEDS;
		memcpy(handover->seed, seed.data, handover->seed_count * sizeof(l4_word_t));
	}
}

void devices_find(struct handover *handover)
{
	open_devicetree();
	find_uart(&handover->uart);
	find_seed(handover);
	handover->features = features_of_harts(&fdt);
}
