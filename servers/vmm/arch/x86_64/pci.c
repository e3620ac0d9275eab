/* SPDX-License-Identifier: BSD-2-Clause */
#include "pci.h"

#include "apic.h"
#include "guest.h"
#include "layout.h"
#include "terminal.h"

#define ADDRESS_ENABLE 0x80000000U
#define ADDRESS_BITS 0x80fffffcU
#define NOBODY UINT32_MAX

static void send(void *context, uint64_t address, uint32_t data)
{
	(void)context;
	apic_message(address, data);
}

static const struct pci_platform platform = {.send = send};

/* Each virtio device has ports and an MSI-X table of its own, where firmware would have put them. */
static struct virtio_pci_options options(enum pci_device number)
{
	unsigned int place = number - PCI_DEVICE_CONSOLE;
	return (struct virtio_pci_options){
		.ports = true,
		.registers_address = LAYOUT_PCI_PORTS + place * VIRTIO_PCI_PORTS,
		.msix = guest_memory(LAYOUT_MSIX_MEMORY + place * PCI_MSIX_SIZE, PCI_MSIX_SIZE),
		.msix_address = LAYOUT_MSIX + place * PCI_MSIX_SIZE,
		.msix_only = true,
	};
}

void pci_reset(struct pci *pci, struct block_backing *disk, unsigned int ports)
{
	pci->address = 0;
	pci_devices_reset(&pci->devices, &platform, NULL, options, disk, ports);
}

/* --- Configuration space, by the address register --- */

static bool is_data(uint16_t port, unsigned int width)
{
	return port >= LAYOUT_PORT_PCI_DATA && port + width <= LAYOUT_PORT_PCI_DATA + 4u;
}

/* Bus, device and function. */
static unsigned int address_function(const struct pci *pci)
{
	return pci->address >> 8 & 0xffff;
}

static unsigned int address_register(const struct pci *pci, uint16_t port)
{
	return (pci->address & 0xfc) + port - LAYOUT_PORT_PCI_DATA;
}

bool pci_port_read(struct pci *pci, uint16_t port, unsigned int width, uint32_t *value)
{
	if (port == LAYOUT_PORT_PCI_ADDRESS && width == 4) {
		*value = pci->address;
		return true;
	}
	if (!is_data(port, width))
		return pci_bus_read(&pci->devices.bus, true, port, width, value);
	*value = pci->address & ADDRESS_ENABLE ? pci_config_read(&pci->devices.bus, address_function(pci), address_register(pci, port), width) : NOBODY;
	return true;
}

bool pci_port_write(struct pci *pci, uint16_t port, unsigned int width, uint32_t value)
{
	if (port == LAYOUT_PORT_PCI_ADDRESS && width == 4) {
		pci->address = value & ADDRESS_BITS;
		return true;
	}
	if (!is_data(port, width))
		return pci_bus_write(&pci->devices.bus, true, port, width, value);
	if (pci->address & ADDRESS_ENABLE)
		pci_config_write(&pci->devices.bus, address_function(pci), address_register(pci, port), width, value);
	return true;
}

/* The guest unmasks a vector by a write to its own memory, which nobody sees. */
void pci_poll_masked(struct pci *pci)
{
	pci_bus_poll_masked(&pci->devices.bus);
	if (pci->devices.bus.pending)
		terminal_call_back_later();
}
