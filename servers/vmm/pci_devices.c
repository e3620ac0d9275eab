/* SPDX-License-Identifier: BSD-2-Clause */
#include "pci_devices.h"

#include "guest.h"

static void *memory(void *context, uint64_t address, uint64_t length)
{
	(void)context;
	return guest_memory(address, length);
}

void pci_devices_reset(struct pci_devices *devices, const struct pci_platform *platform, void *context,
		       struct virtio_pci_options (*options)(enum pci_device number), struct block_backing *disk, unsigned int ports)
{
	struct pci_bus *bus = &devices->bus;
	pci_bus_init(bus, platform, context);
	pci_host_bridge_init(&devices->bridge);
	pci_bus_add(bus, PCI_DEVICE_BRIDGE, &devices->bridge, false);

	struct virtio_pci_options place = options(PCI_DEVICE_CONSOLE);
	virtio_console_init(&devices->console, memory, NULL);
	virtio_pci_add(&devices->console_pci, &devices->console.device, bus, PCI_DEVICE_CONSOLE, &place);
	if (disk) {
		place = options(PCI_DEVICE_DISK);
		virtio_block_init(&devices->disk, disk, memory, NULL);
		virtio_pci_add(&devices->disk_pci, &devices->disk.device, bus, PCI_DEVICE_DISK, &place);
	}
	if (ports) {
		place = options(PCI_DEVICE_PORTS);
		virtio_ports_init(&devices->ports, ports, memory, NULL);
		virtio_pci_add(&devices->ports_pci, &devices->ports.device, bus, PCI_DEVICE_PORTS, &place);
	}
}

void pci_devices_exchange(struct pci_devices *devices)
{
	virtio_console_exchange(&devices->console);
	virtio_block_exchange(&devices->disk);
	virtio_ports_exchange(&devices->ports);
}
