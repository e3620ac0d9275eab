/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device tree, once, while booting. What the kernel cannot do without and does not find there ends the boot with a message.
 */
#include <arch/csr.h>
#include <kernel/arch.h>
#include <kernel/print.h>

#include "fdt.h"
#include "machine.h"
#include "map.h"
#include "plic.h"

extern char image_end[], init_elf_start[], init_elf_end[];
extern const uint64_t image_bundle_size;

/* Devices are looked for below this address. */
#define DEVICES_END (4UL << 30)
#define PLIC_ENTRY_CELLS 2 /* of interrupts-extended: phandle, interrupt */

/* What one pass over the tree collects. */
struct discovery {
	struct boot_platform *platform;
	const struct fdt *fdt;
	word_t hart;
	bool is_boot_hart;          /* the walk is in the boot hart's node */
	unsigned reserved_depth;    /* of /reserved-memory while the walk is below it; 0 elsewhere */
	uint64_t hart_phandle;      /* of the boot hart's own interrupt controller */
	struct fdt_property plic_contexts;
	struct boot_range plic;
	uint64_t plic_lines;
	struct boot_range firmware_devices[BOOT_RANGES_MAX]; /* that users may not drive */
	unsigned firmware_device_count;
};

static bool overlap(struct boot_range a, struct boot_range b)
{
	return a.start < b.end && b.start < a.end;
}

/* Adds to a list whose ranges do not overlap, and joins what the new one does. What does not fit the list is a machine that we do not know. */
static void add_range(struct boot_range *list, unsigned *count, struct boot_range range)
{
	if (range.start >= range.end)
		return;
	for (unsigned i = 0; i < *count;) {
		if (!overlap(list[i], range)) {
			i++;
			continue;
		}
		range.start = list[i].start < range.start ? list[i].start : range.start;
		range.end = list[i].end > range.end ? list[i].end : range.end;
		list[i] = list[--*count];
		i = 0;
	}
	if (*count == BOOT_RANGES_MAX)
		panic("device tree: too many ranges of memory", range.start);
	list[(*count)++] = range;
}

/* The pages that lie wholly inside / that any of it lies in. */
static struct boot_range inner_pages(uint64_t base, uint64_t size)
{
	uint64_t end = base + size < base ? UINT64_MAX : base + size;
	return (struct boot_range){align_up(base, L4_PAGE_BITS), end & ~(PAGE_SIZE - 1)};
}

static struct boot_range outer_pages(uint64_t base, uint64_t size)
{
	return (struct boot_range){base & ~(PAGE_SIZE - 1), align_up(base + size, L4_PAGE_BITS)};
}

static void find_memory(struct discovery *found, const struct fdt_node *node)
{
	uint64_t base, size;
	if (!fdt_is_text(fdt_property(found->fdt, node, "device_type"), "memory"))
		return;
	for (unsigned i = 0; i < BOOT_RANGES_MAX && fdt_reg(found->fdt, node, i, &base, &size); i++)
		add_range(found->platform->ram, &found->platform->ram_count, inner_pages(base, size));
}

static void find_reserved(struct discovery *found, const struct fdt_node *node)
{
	uint64_t base, size;
	if (node->depth <= found->reserved_depth)
		found->reserved_depth = 0;
	if (node->depth == 2 && fdt_is_named(node, "reserved-memory"))
		found->reserved_depth = node->depth;
	else if (found->reserved_depth)
		for (unsigned i = 0; i < BOOT_RANGES_MAX && fdt_reg(found->fdt, node, i, &base, &size); i++)
			add_range(found->platform->reserved, &found->platform->reserved_count, outer_pages(base, size));
}

static void find_chosen(struct discovery *found, const struct fdt_node *node)
{
	if (node->depth != 2 || !fdt_is_named(node, "chosen"))
		return;
	struct fdt_property start = fdt_property(found->fdt, node, "linux,initrd-start"), end = fdt_property(found->fdt, node, "linux,initrd-end");
	struct boot_range bundle = {fdt_number(start, 0, start.size / 4), fdt_number(end, 0, end.size / 4)};
	if (bundle.start < bundle.end)
		found->platform->bundle = bundle;
}

static void find_harts(struct discovery *found, const struct fdt_node *node)
{
	if (node->depth == 2 && fdt_is_named(node, "cpus"))
		found->platform->ticks_per_second = fdt_number(fdt_property(found->fdt, node, "timebase-frequency"), 0, 1);
	if (node->depth == 3) {
		uint64_t hart = fdt_number(fdt_property(found->fdt, node, "reg"), 0, node->cells.address);
		found->is_boot_hart = fdt_is_text(fdt_property(found->fdt, node, "device_type"), "cpu") && hart == found->hart;
	}
	if (node->depth == 4 && found->is_boot_hart && fdt_is_compatible(found->fdt, node, "riscv,cpu-intc"))
		found->hart_phandle = fdt_number(fdt_property(found->fdt, node, "phandle"), 0, 1);
}

static void keep_device(struct discovery *found, struct boot_range range)
{
	add_range(found->firmware_devices, &found->firmware_device_count, range);
}

static void find_devices(struct discovery *found, const struct fdt_node *node)
{
	const struct fdt *fdt = found->fdt;
	uint64_t base, size;
	if (!fdt_reg(fdt, node, 0, &base, &size) || base + size < base)
		return;
	if (fdt_is_compatible(fdt, node, "sifive,plic-1.0.0") || fdt_is_compatible(fdt, node, "riscv,plic0")) {
		found->plic = outer_pages(base, size);
		found->plic_contexts = fdt_property(fdt, node, "interrupts-extended");
		found->plic_lines = fdt_number(fdt_property(fdt, node, "riscv,ndev"), 0, 1);
		keep_device(found, found->plic);
	} else if (fdt_is_compatible(fdt, node, "sifive,test0")) {
		keep_device(found, outer_pages(base, size));
	} else if (fdt_is_compatible(fdt, node, "sifive,clint0") || fdt_is_compatible(fdt, node, "riscv,clint0")) {
		keep_device(found, outer_pages(base, size));
	}
}

/* A walk of its own, before whatever may go wrong: with the finisher known, a panic's status reaches whoever runs the machine. */
static void find_finisher(struct fdt fdt)
{
	struct fdt_node node;
	uint64_t base, size;
	while (!machine.test && fdt_next(&fdt, &node))
		if (fdt_is_compatible(&fdt, &node, "sifive,test0") && fdt_reg(&fdt, &node, 0, &base, &size))
			machine.test = map_device(base, sizeof(*machine.test));
}

static void walk(struct discovery *found, struct fdt *fdt)
{
	struct fdt_node node;
	while (fdt_next(fdt, &node)) {
		find_memory(found, &node);
		find_reserved(found, &node);
		find_chosen(found, &node);
		find_harts(found, &node);
		find_devices(found, &node);
	}
	if (fdt->broken)
		panic("device tree: broken at offset", fdt->next);
}

/* One file may hold kernel and bundle (boot.S). An initrd of the boot loader's comes first: then the image's own is memory like any other. */
static void find_own_bundle(struct boot_platform *platform)
{
	paddr_t start = map_image_paddr(image_end);
	if (!platform->bundle.end && image_bundle_size)
		platform->bundle = (struct boot_range){start, start + image_bundle_size};
}

/* The reservation block may name the tree and the bundle themselves, which are not reserved to us. */
static void add_reservations(struct boot_platform *platform, const struct fdt *fdt)
{
	uint64_t base, size;
	for (unsigned i = 0; i < BOOT_RANGES_MAX && fdt_reservation(fdt, i, &base, &size); i++) {
		struct boot_range range = outer_pages(base, size);
		if (!overlap(range, platform->devicetree) && !overlap(range, platform->bundle))
			add_range(platform->reserved, &platform->reserved_count, range);
	}
}

/* The firmware lies between the start of memory and the kernel, whether the tree says so or not. */
static void reserve_kernel(struct boot_platform *platform, paddr_t image)
{
	struct boot_range range = {image, align_up(map_image_paddr(image_end), L4_PAGE_BITS)};
	for (unsigned i = 0; i < platform->ram_count; i++)
		if (overlap(platform->ram[i], range))
			range.start = platform->ram[i].start;
	add_range(platform->reserved, &platform->reserved_count, range);
}

static bool lies_in_ram(const struct boot_platform *platform, struct boot_range range)
{
	for (unsigned i = 0; i < platform->ram_count; i++)
		if (platform->ram[i].start <= range.start && range.end <= platform->ram[i].end)
			return true;
	return false;
}

/* Of the ranges that do, the first that ends above `address`; all ones where none does. */
static struct boot_range first_above(const struct boot_range *list, unsigned count, paddr_t address)
{
	struct boot_range first = {UINT64_MAX, UINT64_MAX};
	for (unsigned i = 0; i < count; i++)
		if (list[i].end > address && list[i].start < first.start)
			first = list[i];
	return first;
}

/* Devices are what is neither memory nor the kernel's or firmware's own. The first page is left out: address 0 is no device. */
static void find_device_ranges(struct boot_platform *platform, const struct discovery *found)
{
	paddr_t address = PAGE_SIZE;
	while (address < DEVICES_END) {
		struct boot_range ram = first_above(platform->ram, platform->ram_count, address);
		struct boot_range kept = first_above(found->firmware_devices, found->firmware_device_count, address);
		struct boot_range next = ram.start < kept.start ? ram : kept;
		paddr_t end = next.start < DEVICES_END ? next.start : DEVICES_END;
		if (address < end)
			add_range(platform->device, &platform->device_count, (struct boot_range){address, end});
		address = next.end;
	}
}

/* The number of the boot hart's supervisor context is the place of its entry. */
static void start_plic(struct boot_platform *platform, const struct discovery *found)
{
	if (found->plic.start == found->plic.end)
		return;
	for (unsigned context = 0; context < found->plic_contexts.size / (4 * PLIC_ENTRY_CELLS); context++) {
		uint64_t phandle = fdt_number(found->plic_contexts, context * PLIC_ENTRY_CELLS, 1);
		uint64_t interrupt = fdt_number(found->plic_contexts, context * PLIC_ENTRY_CELLS + 1, 1);
		if (phandle != found->hart_phandle || interrupt != IRQ_S_EXTERNAL)
			continue;
		size_t size = plic_size(context);
		if (size > found->plic.end - found->plic.start)
			break;
		platform->irq_lines = found->plic_lines < PLIC_LINES_MAX ? (unsigned)found->plic_lines : PLIC_LINES_MAX;
		plic_boot(map_device(found->plic.start, size), context, platform->irq_lines);
		return;
	}
	panic("device tree: the interrupt controller does not serve the boot hart", found->hart);
}

/* Panics where the portable kernel could not start. */
static void check(const struct boot_platform *platform)
{
	if (platform->ram_count == 0)
		panic("device tree: no memory", 0);
	if (platform->ticks_per_second == 0)
		panic("device tree: no timebase-frequency", 0);
	if (!lies_in_ram(platform, platform->devicetree))
		panic("device tree: not in memory", platform->devicetree.start);
	if (platform->bundle.end && !lies_in_ram(platform, platform->bundle))
		panic("the boot bundle is not in memory", platform->bundle.start);
}

static struct fdt open_devicetree(paddr_t devicetree)
{
	struct fdt fdt;
	const void *header = devicetree == 0 || devicetree % 8 ? NULL : map_devicetree(devicetree, PAGE_SIZE);
	uint32_t size = header ? fdt_size(header) : 0;
	if (size == 0)
		panic("the firmware gave no device tree at", devicetree);
	const void *blob = map_devicetree(devicetree, size);
	if (!blob)
		panic("device tree: too large", size);
	if (!fdt_open(&fdt, blob, size))
		panic("device tree: broken header", devicetree);
	return fdt;
}

void platform_discover(struct boot_platform *platform, paddr_t devicetree, word_t hart, paddr_t image)
{
	struct fdt fdt = open_devicetree(devicetree);
	struct discovery found = {.platform = platform, .fdt = &fdt, .hart = hart};
	find_finisher(fdt);
	walk(&found, &fdt);
	platform->devicetree = (struct boot_range){devicetree, devicetree + fdt.size};
	platform->init_elf = init_elf_start;
	platform->init_elf_size = (size_t)(init_elf_end - init_elf_start);
	find_own_bundle(platform);
	add_reservations(platform, &fdt);
	reserve_kernel(platform, image);
	check(platform);
	find_device_ranges(platform, &found);
	start_plic(platform, &found);
	platform->first_message_line = platform->irq_lines + 1;
	map_devicetree_end();
}
