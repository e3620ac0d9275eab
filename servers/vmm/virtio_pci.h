/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio device as a PCI function (VIRTIO 1.2, section 4.1, modern interface only). All registers are in BAR 0: memory, or ports for a machine that
 * does not decode instructions. With MSI-X its table is in BAR 1.
 */
#pragma once

#include "pci_bus.h"
#include "virtio.h"

#define VIRTIO_PCI_REGISTERS_BAR 0
#define VIRTIO_PCI_MSIX_BAR 1
#define VIRTIO_PCI_PORTS 256 /* ports of BAR 0: as many as a function may have in one */

struct virtio_pci {
	struct pci_function function; /* first: the bus knows no other */
	struct virtio_device *device;
	bool ports;
	uint8_t window; /* offset of the capability by which configuration space reaches the registers */
	uint8_t isr;
	uint32_t device_feature_select, driver_feature_select;
	uint16_t queue_select;
	uint16_t config_vector;
	uint16_t queue_vector[VIRTIO_QUEUES_MAX];
};

struct virtio_pci_options {
	bool ports;                    /* BAR 0 is of ports */
	uint32_t registers_address;    /* where BAR 0 is at first; 0: the guest finds it a place */
	volatile uint32_t *msix;       /* PCI_MSIX_SIZE cleared bytes; null: no MSI-X */
	uint32_t msix_address;         /* where BAR 1 is at first */
	bool msix_only;                /* the machine has no lines for INTx */
};

/* Puts the initialized device on the bus. */
void virtio_pci_add(struct virtio_pci *pci, struct virtio_device *device, struct pci_bus *bus, unsigned int number,
		    const struct virtio_pci_options *options);
