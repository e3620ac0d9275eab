/* SPDX-License-Identifier: BSD-2-Clause */
#include "devicetree.h"

#include <string.h>

#include <l4/fdt_writer.h>
#include <servers/vmm.h>

#include "machine.h"

enum { PHANDLE_CPU_INTERRUPTS = 1, PHANDLE_PLIC = 2 };
#define SUPERVISOR_EXTERNAL_INTERRUPT 9

/* Of the high cell of a PCI address (IEEE 1275's PCI binding): 32-bit memory, and where the device's number is. */
enum { PCI_ADDRESS_MEMORY = 0x02000000, PCI_ADDRESS_DEVICE = 11 };

#define COMMAND_LINE_MAX 4096

static const struct {
	uint64_t feature;
	const char *name;
} extensions[] = {
	{VMM_FEATURE_ZBA, "zba"}, {VMM_FEATURE_ZBB, "zbb"}, {VMM_FEATURE_ZBC, "zbc"}, {VMM_FEATURE_ZBS, "zbs"}, {VMM_FEATURE_SSTC, "sstc"},
};
#define EXTENSIONS (sizeof(extensions) / sizeof(extensions[0]))

/* A property that is a string, not terminated yet and shorter than COMMAND_LINE_MAX. */
static void put_text(struct l4_fdt_writer *w, const char *name, const char *text, size_t length)
{
	char buffer[COMMAND_LINE_MAX];
	memcpy(buffer, text, length);
	buffer[length] = 0;
	l4_fdt_put_string(w, name, buffer);
}

static void put_chosen(struct l4_fdt_writer *w, const struct devicetree *tree)
{
	l4_fdt_begin_node(w, "chosen");
	if (tree->command_line_size)
		put_text(w, "bootargs", tree->command_line, tree->command_line_size);
	l4_fdt_put_string(w, "stdout-path", "/soc/serial@10000000");
	l4_fdt_put(w, "rng-seed", tree->seed, sizeof(tree->seed));
	if (tree->initrd_size) {
		l4_fdt_put_u64(w, "linux,initrd-start", tree->initrd);
		l4_fdt_put_u64(w, "linux,initrd-end", tree->initrd + tree->initrd_size);
	}
	l4_fdt_end_node(w);
}

static void put_memory(struct l4_fdt_writer *w, const struct devicetree *tree)
{
	l4_fdt_begin_node_at(w, "memory", MACHINE_MEMORY_BASE);
	l4_fdt_put_string(w, "device_type", "memory");
	l4_fdt_put_range(w, "reg", MACHINE_MEMORY_BASE, tree->memory_size);
	l4_fdt_end_node(w);
}

static void put_isa(struct l4_fdt_writer *w, uint64_t features)
{
	char isa[96] = "rv64imafdc_zicsr_zifencei";
	for (size_t i = 0; i < EXTENSIONS; i++) {
		if (!(features & extensions[i].feature))
			continue;
		strcat(isa, "_");
		strcat(isa, extensions[i].name);
	}
	l4_fdt_put_string(w, "riscv,isa", isa);
}

static void put_mmu_type(struct l4_fdt_writer *w, uint64_t levels)
{
	static const char *const names[] = {"riscv,sv39", "riscv,sv48", "riscv,sv57"};
	uint64_t index = levels >= 3 && levels <= 5 ? levels - 3 : 0;
	l4_fdt_put_string(w, "mmu-type", names[index]);
}

static void put_cpus(struct l4_fdt_writer *w, const struct devicetree *tree)
{
	l4_fdt_begin_node(w, "cpus");
	l4_fdt_put_u32(w, "#address-cells", 1);
	l4_fdt_put_u32(w, "#size-cells", 0);
	l4_fdt_put_u32(w, "timebase-frequency", tree->ticks_per_second);
	l4_fdt_begin_node_at(w, "cpu", 0);
	l4_fdt_put_string(w, "device_type", "cpu");
	l4_fdt_put_u32(w, "reg", 0);
	l4_fdt_put_string(w, "status", "okay");
	l4_fdt_put_string(w, "compatible", "riscv");
	put_isa(w, tree->features);
	put_mmu_type(w, tree->page_levels);
	l4_fdt_begin_node(w, "interrupt-controller");
	l4_fdt_put_u32(w, "#address-cells", 0);
	l4_fdt_put_u32(w, "#interrupt-cells", 1);
	l4_fdt_put_flag(w, "interrupt-controller");
	l4_fdt_put_string(w, "compatible", "riscv,cpu-intc");
	l4_fdt_put_u32(w, "phandle", PHANDLE_CPU_INTERRUPTS);
	l4_fdt_end_node(w);
	l4_fdt_end_node(w);
	l4_fdt_end_node(w);
}

static void put_plic(struct l4_fdt_writer *w)
{
	static const uint32_t context[] = {PHANDLE_CPU_INTERRUPTS, SUPERVISOR_EXTERNAL_INTERRUPT};
	static const char compatible[] = "sifive,plic-1.0.0\0riscv,plic0";
	l4_fdt_begin_node_at(w, "plic", MACHINE_PLIC_BASE);
	l4_fdt_put(w, "compatible", compatible, sizeof(compatible));
	l4_fdt_put_range(w, "reg", MACHINE_PLIC_BASE, MACHINE_PLIC_SIZE);
	l4_fdt_put_cells(w, "interrupts-extended", context, 2);
	l4_fdt_put_flag(w, "interrupt-controller");
	l4_fdt_put_u32(w, "#interrupt-cells", 1);
	l4_fdt_put_u32(w, "#address-cells", 0);
	l4_fdt_put_u32(w, "riscv,ndev", PLIC_SOURCES - 1);
	l4_fdt_put_u32(w, "phandle", PHANDLE_PLIC);
	l4_fdt_end_node(w);
}

static void put_serial(struct l4_fdt_writer *w)
{
	l4_fdt_begin_node_at(w, "serial", MACHINE_UART_BASE);
	l4_fdt_put_string(w, "compatible", "ns16550a");
	l4_fdt_put_range(w, "reg", MACHINE_UART_BASE, MACHINE_UART_SIZE);
	l4_fdt_put_u32(w, "clock-frequency", MACHINE_UART_CLOCK);
	l4_fdt_put_u32(w, "interrupt-parent", PHANDLE_PLIC);
	l4_fdt_put_u32(w, "interrupts", MACHINE_UART_SOURCE);
	l4_fdt_end_node(w);
}

/* Pin A of each device, by the number in the high cell of its address. */
static void put_pci_interrupts(struct l4_fdt_writer *w)
{
	static const uint32_t mask[] = {0x1f << PCI_ADDRESS_DEVICE, 0, 0, 7};
	enum { CELLS = 6 };
	uint32_t map[PCI_DEVICES * CELLS];
	for (uint32_t i = 0; i < PCI_DEVICES; i++)
		memcpy(map + i * CELLS, (const uint32_t[CELLS]){i << PCI_ADDRESS_DEVICE, 0, 0, 1, PHANDLE_PLIC, MACHINE_PCI_SOURCE + i}, CELLS * sizeof(uint32_t));
	l4_fdt_put_u32(w, "#interrupt-cells", 1);
	l4_fdt_put_cells(w, "interrupt-map-mask", mask, sizeof(mask) / sizeof(mask[0]));
	l4_fdt_put_cells(w, "interrupt-map", map, PCI_DEVICES * CELLS);
}

static void put_pci(struct l4_fdt_writer *w)
{
	static const uint32_t buses[] = {0, 0};
	static const uint32_t ranges[] = {PCI_ADDRESS_MEMORY, 0, MACHINE_PCI_BASE, 0, MACHINE_PCI_BASE, 0, MACHINE_PCI_SIZE};
	l4_fdt_begin_node_at(w, "pcie", MACHINE_ECAM_BASE);
	l4_fdt_put_string(w, "compatible", "pci-host-ecam-generic");
	l4_fdt_put_string(w, "device_type", "pci");
	l4_fdt_put_range(w, "reg", MACHINE_ECAM_BASE, MACHINE_ECAM_SIZE);
	l4_fdt_put_cells(w, "bus-range", buses, 2);
	l4_fdt_put_u32(w, "#address-cells", 3);
	l4_fdt_put_u32(w, "#size-cells", 2);
	l4_fdt_put_cells(w, "ranges", ranges, sizeof(ranges) / sizeof(ranges[0]));
	put_pci_interrupts(w);
	l4_fdt_end_node(w);
}

size_t devicetree_write(const struct devicetree *tree, void *buffer, size_t capacity)
{
	struct l4_fdt_writer writer, *w = &writer;
	if (tree->command_line_size >= COMMAND_LINE_MAX)
		return 0;
	l4_fdt_start(w, buffer, capacity);
	l4_fdt_begin_node(w, "");
	l4_fdt_put_u32(w, "#address-cells", 2);
	l4_fdt_put_u32(w, "#size-cells", 2);
	l4_fdt_put_string(w, "compatible", "bulkhead,guest");
	l4_fdt_put_string(w, "model", "bulkhead,guest");
	put_chosen(w, tree);
	put_memory(w, tree);
	put_cpus(w, tree);
	l4_fdt_begin_node(w, "soc");
	l4_fdt_put_u32(w, "#address-cells", 2);
	l4_fdt_put_u32(w, "#size-cells", 2);
	l4_fdt_put_string(w, "compatible", "simple-bus");
	l4_fdt_put_flag(w, "ranges");
	put_plic(w);
	put_serial(w);
	put_pci(w);
	l4_fdt_end_node(w);
	l4_fdt_end_node(w);
	return l4_fdt_finish(w);
}
