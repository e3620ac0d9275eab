/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's PCI bus, by configuration mechanism #1 (PCI Local Bus Specification 3.0, section 3.2.2.3.2). Its devices' registers are I/O ports; their MSI-X
 * tables are memory (layout.h), so the guest should leave those BARs where they are.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pci_devices.h"

struct pci {
	uint32_t address; /* the configuration address register */
	struct pci_devices devices;
};

/* `disk`: null for none; `ports`: number of the channels' (channel_port.h). */
void pci_reset(struct pci *pci, struct block_backing *disk, unsigned int ports);

/* False: the port, with this width, is none of the bus's. */
bool pci_port_read(struct pci *pci, uint16_t port, unsigned int width, uint32_t *value);
bool pci_port_write(struct pci *pci, uint16_t port, unsigned int width, uint32_t value);

void pci_poll_masked(struct pci *pci);

/* To be called after each event: sends interrupts that waited for the guest to unmask them, and sees to it that there is another event if some still do. */
static inline void pci_poll(struct pci *pci)
{
	if (__builtin_expect(pci->devices.bus.pending, 0))
		pci_poll_masked(pci);
}
