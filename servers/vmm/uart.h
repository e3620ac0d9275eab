/* SPDX-License-Identifier: BSD-2-Clause */
/* A 16550A: what the guest's 8250 driver finds. Its line is the terminal (terminal.h). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define UART_REGISTERS 8
#define UART_FIFO 16

struct uart_fifo {
	uint8_t byte[UART_FIFO];
	uint8_t head;  /* of the oldest byte */
	uint8_t count;
};

struct uart {
	uint8_t ier, lcr, mcr, scr, dll, dlm;
	uint8_t lsr_errors;     /* error bits, until LSR is read */
	uint8_t msr_delta;      /* changes since MSR was read */
	uint8_t trigger;        /* receive interrupt at this many bytes; 1 without FIFOs */
	bool fifos;             /* FCR bit 0 */
	bool transmit_pending;  /* the transmit interrupt's latch: set when the FIFO runs empty, cleared by reading it in IIR or by writing THR */
	struct uart_fifo receive;
	struct uart_fifo transmit; /* bytes that the terminal had no room for */
};

void uart_reset(struct uart *uart);
uint8_t uart_read(struct uart *uart, unsigned int reg);
void uart_write(struct uart *uart, unsigned int reg, uint8_t value);

/* Moves what the terminal can take and has to give. */
void uart_exchange(struct uart *uart);

/* The level of the interrupt line. */
bool uart_interrupt(const struct uart *uart);
