/* SPDX-License-Identifier: BSD-2-Clause */
#include "devices.h"

#include <l4/stubs.h>

#include "init.h"

#define PIECES_MAX (L4_BOOTINFO_UNTYPED_MAX + 256)

/* Device memory that is still untyped. */
static struct piece {
	l4_cap_t untyped;
	l4_word_t paddr;
	unsigned int bits;
} pieces[PIECES_MAX];
static size_t piece_count;

l4_cap_t devices_interrupt(l4_word_t line)
{
	l4_cap_t handler = l4_slots_alloc(&init.slots);
	init_require(l4_irq_control_issue(L4_BOOT_IRQ_CONTROL, line, L4_BOOT_CNODE, handler), "a device's interrupt");
	return handler;
}

static void add_piece(l4_cap_t untyped, l4_word_t paddr, unsigned int bits)
{
	if (piece_count == PIECES_MAX)
		init_fail("too many devices for init's list of their memory");
	pieces[piece_count++] = (struct piece){untyped, paddr, bits};
}

static void list_boot_untypeds(void)
{
	for (l4_word_t i = 0; i < init.bootinfo->untyped_count; i++) {
		const struct l4_boot_untyped *info = &init.bootinfo->untyped[i];
		if (info->kind == L4_MEMORY_DEVICE)
			add_piece(L4_BOOT_UNTYPED + i, info->paddr, info->size_bits);
	}
}

static struct piece *piece_of(l4_word_t page)
{
	for (size_t i = 0; i < piece_count; i++)
		if (page >= pieces[i].paddr && page - pieces[i].paddr < 1UL << pieces[i].bits)
			return &pieces[i];
	return NULL;
}

/* The piece becomes its lower half; the upper one is a new piece. */
static void halve(struct piece *piece)
{
	l4_cap_t halves = l4_slots_alloc_range(&init.slots, 2);
	unsigned int bits = piece->bits - 1;
	init_require(l4_untyped_retype(piece->untyped, L4_TYPE_UNTYPED, bits, L4_BOOT_CNODE, halves, 2), "a device's memory");
	*piece = (struct piece){halves, piece->paddr, bits};
	add_piece(halves + 1, piece->paddr + (1UL << bits), bits);
}

void devices_page(l4_word_t page, l4_cap_t frame)
{
	if (piece_count == 0)
		list_boot_untypeds();
	struct piece *piece = piece_of(page);
	if (!piece)
		init_fail("the kernel gave no memory for the device at %#lx", page);
	for (; piece->bits > L4_PAGE_BITS; piece = piece_of(page))
		halve(piece);
	init_require(l4_untyped_retype(piece->untyped, L4_TYPE_FRAME, L4_PAGE_BITS, L4_BOOT_CNODE, frame, 1), "a device's page");
	*piece = pieces[--piece_count];
}

void devices_make(const struct system_description *system, struct handover_device device[SYSTEM_DEVICES_MAX])
{
	for (uint32_t i = 0; i < system->device_count; i++) {
		const struct device *wanted = &system->device[i];
		if (wanted->pages)
			device[i].registers = l4_slots_alloc_range(&init.slots, wanted->pages);
		for (uint32_t page = 0; page < wanted->pages; page++)
			devices_page(wanted->registers + ((l4_word_t)page << L4_PAGE_BITS), device[i].registers + page);
		if (wanted->ports)
			device[i].ports = devices_ports(wanted->first_port, wanted->ports);
		if (wanted->has_interrupt)
			device[i].interrupt = devices_interrupt(wanted->interrupt);
	}
}
