/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands on every guest's PCI bus: a host bridge, a virtio console, and perhaps a virtio disk and the virtio ports of channels. How the guest reaches
 * the bus, and where the devices' registers are, is the architecture's.
 */
#pragma once

#include "pci_bus.h"
#include "virtio_block.h"
#include "virtio_console.h"
#include "virtio_pci.h"
#include "virtio_ports.h"

/* Numbers of the devices on the bus. */
enum pci_device { PCI_DEVICE_BRIDGE, PCI_DEVICE_CONSOLE, PCI_DEVICE_DISK, PCI_DEVICE_PORTS };

struct pci_devices {
	struct pci_bus bus;
	struct pci_function bridge;
	struct virtio_console console;
	struct virtio_pci console_pci;
	struct virtio_block disk;
	struct virtio_pci disk_pci;
	struct virtio_ports ports;
	struct virtio_pci ports_pci;
};

/* `disk`: null for none; `ports`: number of the channels' (channel_port.h); `options`: of the device of that number. */
void pci_devices_reset(struct pci_devices *devices, const struct pci_platform *platform, void *context,
		       struct virtio_pci_options (*options)(enum pci_device number), struct block_backing *disk, unsigned int ports);

/* Terminal input, room for output or messages of channels have come, or a device has asked for another call. */
void pci_devices_exchange(struct pci_devices *devices);
