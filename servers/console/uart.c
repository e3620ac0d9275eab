/* SPDX-License-Identifier: BSD-2-Clause */
#include "uart.h"

#include <l4/debug.h>
#include <l4/stubs.h>

#include "registers.h"

enum {
	RBR = 0, /* receiver buffer (read) */
	THR = 0, /* transmitter holding (write) */
	IER = 1,
	FCR = 2, /* (write) */
	LCR = 3,
	MCR = 4,
	LSR = 5,
};

#define IER_RDA 0x01u
#define IER_THRE 0x02u
#define FCR_ENABLE 0x01u
#define FCR_CLEAR 0x06u
#define LCR_8N1 0x03u
#define MCR_DTR_RTS_OUT2 0x0bu
#define LSR_DR 0x01u
#define LSR_THRE 0x20u
#define LSR_TEMT 0x40u
#define FIFO_SIZE 16

static struct registers registers;
static l4_cap_t irq_handler;
static uint8_t ier;
static char tx[UART_TX_SIZE];
static unsigned int tx_head, tx_tail; /* run freely */

static void set_ier(uint8_t value)
{
	if (value != ier)
		registers_write(&registers, IER, ier = value);
}

void uart_init(l4_cap_t irq, l4_cap_t notify, bool is_ours)
{
	registers = registers_open();
	irq_handler = irq;
	registers_write(&registers, IER, 0);
	registers_write(&registers, LCR, LCR_8N1);
	registers_write(&registers, FCR, is_ours ? FCR_ENABLE : FCR_ENABLE | FCR_CLEAR);
	registers_write(&registers, MCR, MCR_DTR_RTS_OUT2);
	L4_REQUIRE(l4_irq_handler_bind(irq, notify));
	set_ier(IER_RDA);
}

unsigned int uart_room(void)
{
	return UART_TX_SIZE - (tx_head - tx_tail);
}

void uart_put(char byte)
{
	tx[tx_head++ % UART_TX_SIZE] = byte;
}

void uart_push(void)
{
	while (tx_head != tx_tail && registers_read(&registers, LSR) & LSR_THRE)
		for (int i = 0; i < FIFO_SIZE && tx_head != tx_tail; i++)
			registers_write(&registers, THR, (uint8_t)tx[tx_tail++ % UART_TX_SIZE]);
	set_ier(tx_head != tx_tail ? ier | IER_THRE : ier & (uint8_t)~IER_THRE);
}

bool uart_is_idle(void)
{
	return tx_head == tx_tail && registers_read(&registers, LSR) & LSR_TEMT;
}

int uart_get(void)
{
	return registers_read(&registers, LSR) & LSR_DR ? registers_read(&registers, RBR) : -1;
}

void uart_receive(bool enabled)
{
	set_ier(enabled ? ier | IER_RDA : ier & (uint8_t)~IER_RDA);
}

void uart_ack(void)
{
	l4_irq_handler_ack(irq_handler);
}
