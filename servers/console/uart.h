/* SPDX-License-Identifier: BSD-2-Clause */
/* A 16550 with its 16-byte FIFOs, driven by interrupts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <l4/syscall.h>

#define UART_TX_SIZE 1024 /* bytes that wait for the line, a power of two */

/*
 * Takes the device over: its registers as the startup block gives them, its irq_handler, and the notification to bind to it. What is in its FIFOs stays
 * there where it is taken over from an earlier incarnation, and is cleared where nobody knows whose it is.
 */
void uart_init(l4_cap_t irq, l4_cap_t notify, bool is_ours);

/* Bytes that uart_put takes now. */
unsigned int uart_room(void);

/* Queues one byte; there must be room. */
void uart_put(char byte);

/* Hands queued bytes to the device as far as it takes them, and asks for an interrupt when it takes more. */
void uart_push(void);

/* All bytes have left the machine. */
bool uart_is_idle(void);

/* A received byte, or -1. */
int uart_get(void);

/* Whether received bytes interrupt. Held back, they stay in the device, and the other end of the line waits. */
void uart_receive(bool enabled);

/* The interrupt has been dealt with. */
void uart_ack(void);
