/* SPDX-License-Identifier: BSD-2-Clause */
#include "uart.h"

#include "terminal.h"

enum { RBR_THR = 0, IER = 1, IIR_FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7 };
enum { IER_RECEIVE = 1, IER_TRANSMIT = 2, IER_LINE = 4, IER_MODEM = 8, IER_ALL = 15 };
enum { IIR_MODEM = 0, IIR_NONE = 1, IIR_TRANSMIT = 2, IIR_RECEIVE = 4, IIR_LINE = 6, IIR_TIMEOUT = 12, IIR_FIFOS = 0xc0 };
enum { FCR_ENABLE = 1, FCR_CLEAR_RECEIVE = 2, FCR_CLEAR_TRANSMIT = 4, FCR_TRIGGER_SHIFT = 6 };
enum { LCR_DLAB = 0x80 };
enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 16, MCR_ALL = 31 };
enum { LSR_READY = 1, LSR_OVERRUN = 2, LSR_EMPTY = 0x20, LSR_IDLE = 0x40 };
enum { MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80, MSR_DELTA_SHIFT = 4 };

static bool fifo_put(struct uart_fifo *fifo, uint8_t byte, unsigned int depth)
{
	if (fifo->count >= depth)
		return false;
	fifo->byte[(fifo->head + fifo->count) % UART_FIFO] = byte;
	fifo->count++;
	return true;
}

static uint8_t fifo_get(struct uart_fifo *fifo)
{
	if (!fifo->count)
		return 0;
	uint8_t byte = fifo->byte[fifo->head];
	fifo->head = (fifo->head + 1) % UART_FIFO;
	fifo->count--;
	return byte;
}

static void fifo_clear(struct uart_fifo *fifo)
{
	fifo->head = 0;
	fifo->count = 0;
}

static unsigned int fifo_depth(const struct uart *uart)
{
	return uart->fifos ? UART_FIFO : 1;
}

void uart_reset(struct uart *uart)
{
	*uart = (struct uart){.trigger = 1, .dll = 1, .transmit_pending = true};
}

/* Looped back, the outputs are the inputs; else a partner that is always ready. */
static uint8_t modem_inputs(const struct uart *uart)
{
	if (!(uart->mcr & MCR_LOOP))
		return MSR_CTS | MSR_DSR | MSR_DCD;
	return (uart->mcr & MCR_RTS ? MSR_CTS : 0) | (uart->mcr & MCR_DTR ? MSR_DSR : 0) | (uart->mcr & MCR_OUT1 ? MSR_RI : 0) |
	       (uart->mcr & MCR_OUT2 ? MSR_DCD : 0);
}

static void write_mcr(struct uart *uart, uint8_t value)
{
	uint8_t before = modem_inputs(uart);
	uart->mcr = value & MCR_ALL;
	uint8_t changed = before ^ modem_inputs(uart);
	/* The ring indicator counts when it ends only. */
	if (!(before & MSR_RI))
		changed &= ~MSR_RI;
	uart->msr_delta |= changed >> MSR_DELTA_SHIFT;
}

static uint8_t line_status(const struct uart *uart)
{
	uint8_t status = uart->lsr_errors;
	if (uart->receive.count)
		status |= LSR_READY;
	if (!uart->transmit.count)
		status |= LSR_EMPTY | LSR_IDLE;
	return status;
}

/* The pending cause of highest priority. */
static uint8_t interrupt_cause(const struct uart *uart)
{
	if (uart->ier & IER_LINE && uart->lsr_errors)
		return IIR_LINE;
	if (uart->ier & IER_RECEIVE && uart->receive.count >= uart->trigger)
		return IIR_RECEIVE;
	/* No line is so slow here that fewer bytes than the trigger could be followed by more at once. */
	if (uart->ier & IER_RECEIVE && uart->receive.count)
		return IIR_TIMEOUT;
	if (uart->ier & IER_TRANSMIT && uart->transmit_pending)
		return IIR_TRANSMIT;
	if (uart->ier & IER_MODEM && uart->msr_delta)
		return IIR_MODEM;
	return IIR_NONE;
}

bool uart_interrupt(const struct uart *uart)
{
	return uart->ier && interrupt_cause(uart) != IIR_NONE;
}

static void drain(struct uart *uart)
{
	if (!uart->transmit.count)
		return;
	while (uart->transmit.count && terminal_put(uart->transmit.byte[uart->transmit.head]))
		fifo_get(&uart->transmit);
	if (!uart->transmit.count)
		uart->transmit_pending = true;
}

static void fill(struct uart *uart)
{
	unsigned int depth = fifo_depth(uart);
	/* Looped back, the line is cut off. */
	while (!(uart->mcr & MCR_LOOP) && uart->receive.count < depth) {
		int byte = terminal_get();
		if (byte < 0)
			return;
		fifo_put(&uart->receive, byte, depth);
	}
}

void uart_exchange(struct uart *uart)
{
	drain(uart);
	fill(uart);
}

static void transmit(struct uart *uart, uint8_t byte)
{
	uart->transmit_pending = false;
	if (uart->mcr & MCR_LOOP) {
		if (!fifo_put(&uart->receive, byte, fifo_depth(uart)))
			uart->lsr_errors |= LSR_OVERRUN;
		uart->transmit_pending = true;
		return;
	}
	/* A driver that does not look at LSR loses bytes, as with the real device. */
	if (uart->transmit.count || !terminal_put(byte))
		fifo_put(&uart->transmit, byte, fifo_depth(uart));
	drain(uart);
	if (!uart->transmit.count)
		uart->transmit_pending = true;
}

static uint8_t receive(struct uart *uart)
{
	uint8_t byte = fifo_get(&uart->receive);
	if (!uart->receive.count)
		fill(uart);
	return byte;
}

static void write_fcr(struct uart *uart, uint8_t value)
{
	static const uint8_t triggers[] = {1, 4, 8, 14};
	bool fifos = value & FCR_ENABLE;
	if (value & FCR_CLEAR_RECEIVE || fifos != uart->fifos)
		fifo_clear(&uart->receive);
	if (value & FCR_CLEAR_TRANSMIT || fifos != uart->fifos) {
		uart->transmit_pending |= uart->transmit.count > 0;
		fifo_clear(&uart->transmit);
	}
	uart->fifos = fifos;
	uart->trigger = fifos ? triggers[value >> FCR_TRIGGER_SHIFT] : 1;
}

static uint8_t read_iir(struct uart *uart)
{
	uint8_t cause = interrupt_cause(uart);
	if (cause == IIR_TRANSMIT)
		uart->transmit_pending = false;
	return cause | (uart->fifos ? IIR_FIFOS : 0);
}

static uint8_t read_msr(struct uart *uart)
{
	uint8_t value = modem_inputs(uart) | uart->msr_delta;
	uart->msr_delta = 0;
	return value;
}

static uint8_t read_lsr(struct uart *uart)
{
	/* A driver that polls for room must see it as soon as there is some. */
	if (uart->transmit.count)
		drain(uart);
	uint8_t value = line_status(uart);
	uart->lsr_errors = 0;
	return value;
}

uint8_t uart_read(struct uart *uart, unsigned int reg)
{
	bool divisor = uart->lcr & LCR_DLAB;
	switch (reg) {
	case RBR_THR: return divisor ? uart->dll : receive(uart);
	case IER: return divisor ? uart->dlm : uart->ier;
	case IIR_FCR: return read_iir(uart);
	case LCR: return uart->lcr;
	case MCR: return uart->mcr;
	case LSR: return read_lsr(uart);
	case MSR: return read_msr(uart);
	default: return uart->scr;
	}
}

static void write_ier(struct uart *uart, uint8_t value)
{
	/* Enabling the transmit interrupt while the FIFO is empty raises it. */
	if (value & ~uart->ier & IER_TRANSMIT && !uart->transmit.count)
		uart->transmit_pending = true;
	uart->ier = value & IER_ALL;
}

void uart_write(struct uart *uart, unsigned int reg, uint8_t value)
{
	bool divisor = uart->lcr & LCR_DLAB;
	switch (reg) {
	case RBR_THR:
		if (divisor)
			uart->dll = value;
		else
			transmit(uart, value);
		break;
	case IER:
		if (divisor)
			uart->dlm = value;
		else
			write_ier(uart, value);
		break;
	case IIR_FCR: write_fcr(uart, value); break;
	case LCR: uart->lcr = value; break;
	case MCR:
		write_mcr(uart, value);
		break;
	case SCR: uart->scr = value; break;
	default: break; /* LSR and MSR are read-only */
	}
}
