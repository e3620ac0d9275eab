/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of the PCI bus. */
#pragma once

#include "pci_bus.h"

#define PCI_INTERRUPT_PIN 0x3d /* 0: the function has no INTx */

/* Fields of configuration space, which is little-endian. */
uint32_t pci_field(const uint8_t *config, unsigned int offset, unsigned int width);
void pci_field_set(uint8_t *config, unsigned int offset, unsigned int width, uint32_t value);

/* After the guest has changed configuration space: what follows for the interrupts. */
void pci_interrupt_update(struct pci_function *function);
