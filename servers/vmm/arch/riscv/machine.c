/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include <l4/abi/arch.h>

#include "guest.h"

_Static_assert(MACHINE_PCI_SOURCE + PCI_DEVICES <= PLIC_SOURCES, "a source for each device");

static void update_external(struct machine *machine)
{
	bool level = plic_output(&machine->plic);
	if (level == machine->external)
		return;
	machine->external = level;
	guest_set_line(L4_VCPU_LINE_EXTERNAL, level);
}

static void set_pci_line(void *context, unsigned int device, bool level)
{
	struct machine *machine = context;
	plic_set_level(&machine->plic, MACHINE_PCI_SOURCE + device, level);
	update_external(machine);
}

static const struct pci_platform platform = {.set_line = set_pci_line};

/* Registers are where the guest puts them, and interrupts are wires. */
static struct virtio_pci_options pci_options(enum pci_device number)
{
	(void)number;
	return (struct virtio_pci_options){.ports = false};
}

void machine_reset(struct machine *machine, struct block_backing *disk, unsigned int ports)
{
	plic_reset(&machine->plic);
	uart_reset(&machine->uart);
	pci_devices_reset(&machine->pci, &platform, machine, pci_options, disk, ports);
	machine->uart_level = false;
	machine->external = false;
}

static void update_uart(struct machine *machine)
{
	bool level = uart_interrupt(&machine->uart);
	if (level == machine->uart_level)
		return;
	machine->uart_level = level;
	plic_set_level(&machine->plic, MACHINE_UART_SOURCE, level);
	update_external(machine);
}

void machine_terminal_event(struct machine *machine)
{
	pci_devices_exchange(&machine->pci);
	uart_exchange(&machine->uart);
	update_uart(machine);
}

/* The UART is a byte-wide device on a wider bus: an access of any width meets one register. */
static bool is_uart(uint64_t address)
{
	return address - MACHINE_UART_BASE < UART_REGISTERS;
}

static bool is_plic(uint64_t address)
{
	return address - MACHINE_PLIC_BASE < MACHINE_PLIC_SIZE;
}

static bool is_ecam(uint64_t address)
{
	return address - MACHINE_ECAM_BASE < MACHINE_ECAM_SIZE;
}

/* An ECAM address: bus, device and function, and 12 bits of register. */
static unsigned int ecam_bdf(uint64_t address)
{
	return (address - MACHINE_ECAM_BASE) >> 12;
}

static unsigned int ecam_register(uint64_t address)
{
	return address & 0xfff;
}

/* Functions of their own, so that what the UART and the PLIC are asked is answered without what these need. */
__attribute__((noinline)) static bool pci_read(struct machine *machine, uint64_t address, unsigned int width, uint64_t *value)
{
	uint32_t word = 0;
	bool answered = width <= sizeof(word);
	if (is_ecam(address))
		word = pci_config_read(&machine->pci.bus, ecam_bdf(address), ecam_register(address), width);
	else
		answered = pci_bus_read(&machine->pci.bus, false, address, width, &word);
	*value = word;
	return answered;
}

__attribute__((noinline)) static bool pci_write(struct machine *machine, uint64_t address, unsigned int width, uint64_t value)
{
	if (!is_ecam(address))
		return pci_bus_write(&machine->pci.bus, false, address, width, value);
	pci_config_write(&machine->pci.bus, ecam_bdf(address), ecam_register(address), width, value);
	return width <= sizeof(uint32_t);
}

bool machine_read(struct machine *machine, uint64_t address, unsigned int width, uint64_t *value)
{
	if (__builtin_expect(is_uart(address), 1)) {
		*value = uart_read(&machine->uart, address - MACHINE_UART_BASE);
		update_uart(machine);
		return true;
	}
	if (!is_plic(address))
		return pci_read(machine, address, width, value);
	uint32_t word = 0;
	if (!plic_read(&machine->plic, address - MACHINE_PLIC_BASE, width, &word))
		return false;
	*value = word;
	update_external(machine);
	return true;
}

bool machine_write(struct machine *machine, uint64_t address, unsigned int width, uint64_t value)
{
	if (__builtin_expect(is_uart(address), 1)) {
		uart_write(&machine->uart, address - MACHINE_UART_BASE, value);
		update_uart(machine);
		return true;
	}
	if (!is_plic(address))
		return pci_write(machine, address, width, value);
	if (!plic_write(&machine->plic, address - MACHINE_PLIC_BASE, width, value))
		return false;
	update_external(machine);
	return true;
}
