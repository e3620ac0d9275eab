/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that a guest finds: its address map and its devices. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "plic.h"
#include "uart.h"

#define MACHINE_PLIC_BASE 0x0c000000UL
#define MACHINE_PLIC_SIZE 0x00400000UL
#define MACHINE_UART_BASE 0x10000000UL
#define MACHINE_UART_SIZE 0x100UL
#define MACHINE_UART_SOURCE 10
#define MACHINE_UART_CLOCK 3686400
#define MACHINE_MEMORY_BASE 0x80000000UL
#define MACHINE_MEMORY_MAX (256UL << 30)

struct machine {
	struct plic plic;
	struct uart uart;
	bool uart_level; /* the level that the UART's source has */
	bool external;   /* the level that the vcpu's external interrupt line has */
};

void machine_reset(struct machine *machine);

/* A guest's load or store outside its memory. False: no device answers, the access is a fault. */
bool machine_read(struct machine *machine, uint64_t address, unsigned int width, uint64_t *value);
bool machine_write(struct machine *machine, uint64_t address, unsigned int width, uint64_t value);

/* Terminal input or room for output has come. */
void machine_terminal_event(struct machine *machine);
