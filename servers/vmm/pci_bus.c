/* SPDX-License-Identifier: BSD-2-Clause */
#include "pci_bus.h"

#include <string.h>

#include "pci_private.h"

#define NOBODY 0xffffffffU
enum { VENDOR = 0x00, DEVICE = 0x02, REVISION = 0x08, INTERFACE = 0x09, CACHE_LINE = 0x0c, SUBSYSTEM_VENDOR = 0x2c, SUBSYSTEM = 0x2e,
       CAPABILITIES = 0x34, INTERRUPT_LINE = 0x3c, HEADER_END = 0x40 };
enum { STATUS_CAPABILITIES = 0x10 };
enum { BAR_PORTS = 1, BAR_PORTS_FLAGS = 3, BAR_MEMORY_FLAGS = 15 };
enum { PIN_A = 1 };

uint32_t pci_field(const uint8_t *config, unsigned int offset, unsigned int width)
{
	uint32_t value = 0;
	memcpy(&value, config + offset, width);
	return value;
}

void pci_field_set(uint8_t *config, unsigned int offset, unsigned int width, uint32_t value)
{
	memcpy(config + offset, &value, width);
}

/* --- Building --- */

void pci_bus_init(struct pci_bus *bus, const struct pci_platform *platform, void *context)
{
	*bus = (struct pci_bus){.platform = platform, .context = context};
}

void pci_function_init(struct pci_function *function, const struct pci_identity *identity, const struct pci_registers *registers)
{
	*function = (struct pci_function){.registers = registers, .last_capability = CAPABILITIES, .capabilities_end = HEADER_END};
	for (unsigned int i = 0; i < PCI_BARS; i++)
		function->bar_address[i] = PCI_NOWHERE;
	pci_field_set(function->config, VENDOR, 2, identity->vendor);
	pci_field_set(function->config, DEVICE, 2, identity->device);
	pci_field_set(function->config, REVISION, 1, identity->revision);
	pci_field_set(function->config, INTERFACE, 3, identity->class_code);
	pci_field_set(function->config, SUBSYSTEM_VENDOR, 2, identity->subsystem_vendor);
	pci_field_set(function->config, SUBSYSTEM, 2, identity->subsystem);
	pci_field_set(function->writable, PCI_COMMAND, 2, PCI_COMMAND_MASTER | PCI_COMMAND_INTX_OFF);
	pci_field_set(function->writable, CACHE_LINE, 1, 0xff);
	pci_field_set(function->writable, INTERRUPT_LINE, 1, 0xff);
}

/* A guest that writes all ones reads back the size: the bits below it are constant. */
void pci_bar_add(struct pci_function *function, unsigned int bar, bool ports, uint32_t size, uint32_t address)
{
	uint32_t command = pci_field(function->writable, PCI_COMMAND, 2);
	function->bar_size[bar] = size;
	pci_field_set(function->writable, PCI_BAR + 4 * bar, 4, -size);
	pci_field_set(function->config, PCI_BAR + 4 * bar, 4, address | (ports ? BAR_PORTS : 0));
	pci_field_set(function->writable, PCI_COMMAND, 2, command | (ports ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY));
}

unsigned int pci_capability_add(struct pci_function *function, uint8_t id, unsigned int size)
{
	unsigned int offset = function->capabilities_end;
	function->config[function->last_capability] = offset;
	function->config[offset] = id;
	function->last_capability = offset + 1;
	function->capabilities_end = (offset + size + 3) & ~3U;
	pci_field_set(function->config, PCI_STATUS, 2, STATUS_CAPABILITIES);
	return offset;
}

void pci_bus_add(struct pci_bus *bus, unsigned int device, struct pci_function *function, bool line)
{
	function->bus = bus;
	function->device = device;
	function->config[PCI_INTERRUPT_PIN] = line ? PIN_A : 0;
	bus->function[device] = function;
}

void pci_host_bridge_init(struct pci_function *function)
{
	/* The identity that QEMU's generic host bridge has: systems know it, and expect nothing of it. */
	static const struct pci_identity identity = {.vendor = 0x1b36, .device = 0x0008, .class_code = 0x060000};
	pci_function_init(function, &identity, NULL);
}

/* --- Configuration space --- */

/* Where the BAR is now; PCI_NOWHERE while the guest has it disabled, or never gave it a place. */
static uint64_t bar_address(const struct pci_function *function, unsigned int bar)
{
	uint32_t value = pci_field(function->config, PCI_BAR + 4 * bar, 4);
	uint32_t command = pci_field(function->config, PCI_COMMAND, 2);
	bool ports = value & BAR_PORTS;
	value &= ports ? ~BAR_PORTS_FLAGS : ~BAR_MEMORY_FLAGS;
	if (!function->bar_size[bar] || !value || !(command & (ports ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY)))
		return PCI_NOWHERE;
	return value;
}

static void update_bars(struct pci_function *function)
{
	const struct pci_bus *bus = function->bus;
	for (unsigned int i = 0; i < PCI_BARS; i++) {
		uint64_t address = bar_address(function, i);
		if (address == function->bar_address[i])
			continue;
		function->bar_address[i] = address;
		if (bus->platform->place)
			bus->platform->place(bus->context, function, i, address);
	}
}

static bool is_access(unsigned int offset, unsigned int width)
{
	return (width == 1 || width == 2 || width == 4) && offset % width == 0;
}

static struct pci_function *function_at(const struct pci_bus *bus, unsigned int bdf)
{
	unsigned int device = bdf >> 3;
	return bdf % 8 == 0 && device < PCI_DEVICES ? bus->function[device] : NULL;
}

uint32_t pci_config_read(struct pci_bus *bus, unsigned int bdf, unsigned int offset, unsigned int width)
{
	struct pci_function *function = function_at(bus, bdf);
	uint32_t value = 0;
	if (!function || !is_access(offset, width))
		return NOBODY;
	/* PCI Express's extended space: no capabilities. */
	if (offset >= PCI_CONFIG_SIZE)
		return 0;
	if (function->registers && function->registers->config_read && function->registers->config_read(function, offset, width, &value))
		return value;
	return pci_field(function->config, offset, width);
}

void pci_config_write(struct pci_bus *bus, unsigned int bdf, unsigned int offset, unsigned int width, uint32_t value)
{
	struct pci_function *function = function_at(bus, bdf);
	if (!function || !is_access(offset, width) || offset >= PCI_CONFIG_SIZE)
		return;
	if (function->registers && function->registers->config_write && function->registers->config_write(function, offset, width, value))
		return;
	uint32_t mask = pci_field(function->writable, offset, width);
	pci_field_set(function->config, offset, width, (pci_field(function->config, offset, width) & ~mask) | (value & mask));
	update_bars(function);
	pci_interrupt_update(function);
}

/* --- Registers behind BARs --- */

static bool bar_is_ports(const struct pci_function *function, unsigned int bar)
{
	return function->config[PCI_BAR + 4 * bar] & BAR_PORTS;
}

/* The BAR of the function that all of the access is in; -1 for none. The comparison's order leaves no sum that could wrap. */
static int find_bar(const struct pci_function *function, bool ports, uint64_t address, unsigned int width)
{
	for (unsigned int i = 0; i < PCI_BARS; i++) {
		uint64_t start = function->bar_address[i];
		if (start != PCI_NOWHERE && bar_is_ports(function, i) == ports && address >= start && address - start <= function->bar_size[i] - width)
			return i;
	}
	return -1;
}

static struct pci_function *find(const struct pci_bus *bus, bool ports, uint64_t address, unsigned int width, int *bar)
{
	for (unsigned int i = 0; i < PCI_DEVICES; i++) {
		struct pci_function *function = bus->function[i];
		if (function && (*bar = find_bar(function, ports, address, width)) >= 0)
			return function;
	}
	return NULL;
}

bool pci_bus_read(struct pci_bus *bus, bool ports, uint64_t address, unsigned int width, uint32_t *value)
{
	int bar;
	struct pci_function *function = is_access(0, width) ? find(bus, ports, address, width, &bar) : NULL;
	if (!function)
		return false;
	*value = function->registers->read(function, bar, address - function->bar_address[bar], width);
	return true;
}

bool pci_bus_write(struct pci_bus *bus, bool ports, uint64_t address, unsigned int width, uint32_t value)
{
	int bar;
	struct pci_function *function = is_access(0, width) ? find(bus, ports, address, width, &bar) : NULL;
	if (!function)
		return false;
	function->registers->write(function, bar, address - function->bar_address[bar], width, value);
	return true;
}
