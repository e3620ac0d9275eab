/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that a guest finds: its address map and its devices. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pci_devices.h"
#include "plic.h"
#include "uart.h"

#define MACHINE_PLIC_BASE 0x0c000000UL
#define MACHINE_PLIC_SIZE 0x00400000UL
#define MACHINE_UART_BASE 0x10000000UL
#define MACHINE_UART_SIZE 0x100UL
#define MACHINE_UART_SOURCE 10
#define MACHINE_UART_CLOCK 3686400
/* One PCI bus: configuration space (ECAM), and where the guest puts devices' registers. */
#define MACHINE_ECAM_BASE 0x30000000UL
#define MACHINE_ECAM_SIZE 0x00100000UL
#define MACHINE_PCI_BASE 0x40000000UL
#define MACHINE_PCI_SIZE 0x10000000UL
#define MACHINE_PCI_SOURCE 16 /* of device 0; the others' follow */
#define MACHINE_MEMORY_BASE 0x80000000UL
#define MACHINE_MEMORY_MAX (256UL << 30)

struct machine {
	struct plic plic;
	struct uart uart;
	bool uart_level; /* the level that the UART's source has */
	bool external;   /* the level that the vcpu's external interrupt line has */
	struct pci_devices pci; /* behind what each access needs: it is large */
};

/* `disk`: null for none; `ports`: number of the channels' (channel_port.h). */
void machine_reset(struct machine *machine, struct block_backing *disk, unsigned int ports);

/* A guest's load or store outside its memory. False: no device answers, the access is a fault. */
bool machine_read(struct machine *machine, uint64_t address, unsigned int width, uint64_t *value);
bool machine_write(struct machine *machine, uint64_t address, unsigned int width, uint64_t value);

/* Terminal input or room for output has come, or a device has asked for another call. */
void machine_terminal_event(struct machine *machine);
