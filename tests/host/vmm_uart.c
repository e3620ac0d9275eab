/* SPDX-License-Identifier: BSD-2-Clause */
#include <host_test.h>
#include <uart.h>

#include <string.h>

#include "vmm_stubs.h"

enum { RBR_THR, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCR };
#define LOOP 16

static struct uart uart;

static void reset(void)
{
	stubs_reset();
	uart_reset(&uart);
	uart_write(&uart, IIR_FCR, 7);
}

TEST(VUA0101, "bytes written come out, in order")
{
	reset();
	for (const char *p = "hello"; *p; p++)
		uart_write(&uart, RBR_THR, *p);
	EXPECT_EQ(5, stubs.output_length);
	EXPECT_EQ(0, memcmp(stubs.output, "hello", 5));
	EXPECT_EQ(0x60, uart_read(&uart, LSR));
}

TEST(VUA0102, "a full terminal keeps the transmitter busy, and loses nothing that fits into its FIFO")
{
	reset();
	stubs.output_room = 2;
	for (const char *p = "abcdefghijklmnopqr"; *p; p++)
		uart_write(&uart, RBR_THR, *p);
	EXPECT_EQ(0, uart_read(&uart, LSR) & 0x60);
	uart_write(&uart, IER, 2);
	EXPECT_TRUE(!uart_interrupt(&uart));
	stubs.output_room = STUB_TERMINAL_SIZE - 2;
	uart_exchange(&uart);
	EXPECT_EQ(18, stubs.output_length);
	EXPECT_EQ(0, memcmp(stubs.output, "abcdefghijklmnopqr", 18));
	EXPECT_EQ(0x60, uart_read(&uart, LSR));
	EXPECT_TRUE(uart_interrupt(&uart));
}

TEST(VUA0103, "beyond the FIFO a driver that does not look loses bytes, and nothing else happens")
{
	reset();
	stubs.output_room = 0;
	for (unsigned int i = 0; i < 1000; i++)
		uart_write(&uart, RBR_THR, 'x');
	stubs.output_room = STUB_TERMINAL_SIZE;
	uart_exchange(&uart);
	EXPECT_EQ(UART_FIFO, stubs.output_length);
}

TEST(VUA0104, "reading LSR sees room as soon as there is some")
{
	reset();
	stubs.output_room = 0;
	uart_write(&uart, RBR_THR, 'x');
	EXPECT_EQ(0, uart_read(&uart, LSR) & 0x20);
	stubs.output_room = 1;
	EXPECT_EQ(0x60, uart_read(&uart, LSR) & 0x60);
	EXPECT_EQ(1, stubs.output_length);
}

TEST(VUA0105, "the transmit interrupt: raised by enabling it, cleared by IIR, raised again by the next empty FIFO")
{
	reset();
	uart_read(&uart, IIR_FCR);
	EXPECT_TRUE(!uart_interrupt(&uart));
	uart_write(&uart, IER, 2);
	EXPECT_TRUE(uart_interrupt(&uart));
	EXPECT_EQ(0xc2, uart_read(&uart, IIR_FCR));
	EXPECT_TRUE(!uart_interrupt(&uart));
	EXPECT_EQ(0xc1, uart_read(&uart, IIR_FCR));
	uart_write(&uart, RBR_THR, 'x');
	EXPECT_TRUE(uart_interrupt(&uart));
}

TEST(VUA0106, "input is received in order, 16 bytes at a time, and nothing is lost between")
{
	reset();
	const char *text = "the quick brown fox jumps over the lazy dog";
	stubs.input = text;
	uart_write(&uart, IER, 1);
	uart_exchange(&uart);
	EXPECT_TRUE(uart_interrupt(&uart));
	for (const char *p = text; *p; p++) {
		EXPECT_TRUE(uart_read(&uart, LSR) & 1);
		EXPECT_EQ(*p, uart_read(&uart, RBR_THR));
	}
	EXPECT_EQ(0, uart_read(&uart, LSR) & 1);
	EXPECT_TRUE(!uart_interrupt(&uart));
	EXPECT_EQ(0, uart_read(&uart, RBR_THR));
}

TEST(VUA0107, "received data below the trigger is told as a time-out, at it as data")
{
	reset();
	uart_write(&uart, IIR_FCR, 0x87); /* trigger 8 */
	uart_write(&uart, IER, 1);
	stubs.input = "abc";
	uart_exchange(&uart);
	EXPECT_EQ(0xcc, uart_read(&uart, IIR_FCR));
	stubs.input = "defgh";
	uart_exchange(&uart);
	EXPECT_EQ(0xc4, uart_read(&uart, IIR_FCR));
}

TEST(VUA0108, "looped back: data, overrun and modem lines stay inside")
{
	reset();
	uart_write(&uart, MCR, LOOP | 0xa);
	EXPECT_EQ(0x90, uart_read(&uart, MSR) & 0xf0);
	EXPECT_EQ(0, uart_read(&uart, MSR) & 0x0f);
	stubs.input = "not me";
	uart_exchange(&uart);
	for (unsigned int i = 0; i < UART_FIFO + 1; i++)
		uart_write(&uart, RBR_THR, 'a' + i);
	EXPECT_EQ(0, stubs.output_length);
	EXPECT_EQ(0x63, uart_read(&uart, LSR));
	EXPECT_EQ(0x61, uart_read(&uart, LSR));
	for (unsigned int i = 0; i < UART_FIFO; i++)
		EXPECT_EQ('a' + i, uart_read(&uart, RBR_THR));
}

TEST(VUA0109, "the divisor and the scratch register are only memory")
{
	reset();
	uart_write(&uart, LCR, 0x83);
	uart_write(&uart, RBR_THR, 0x12);
	uart_write(&uart, IER, 0x34);
	EXPECT_EQ(0x12, uart_read(&uart, RBR_THR));
	EXPECT_EQ(0x34, uart_read(&uart, IER));
	uart_write(&uart, LCR, 3);
	EXPECT_EQ(0, uart_read(&uart, IER));
	EXPECT_EQ(0, stubs.output_length);
	uart_write(&uart, SCR, 0x56);
	EXPECT_EQ(0x56, uart_read(&uart, SCR));
}

TEST(VUA0110, "no sequence of accesses leaves the FIFOs' bounds")
{
	reset();
	for (unsigned int i = 0; i < 200000; i++) {
		uint64_t r = host_random();
		stubs.input = r & 0x100 ? "some input" : "";
		stubs.output_length = 0;
		stubs.output_room = r >> 16 & 1 ? 8 : 0;
		if (r & 0x200)
			uart_write(&uart, r >> 10 & 7, r >> 24 & 0xff);
		else
			uart_read(&uart, r >> 10 & 7);
		if (r & 0x400000)
			uart_exchange(&uart);
		EXPECT_TRUE(uart.receive.count <= UART_FIFO && uart.transmit.count <= UART_FIFO);
		EXPECT_TRUE(uart.receive.head < UART_FIFO && uart.transmit.head < UART_FIFO);
		EXPECT_TRUE(uart.ier || !uart_interrupt(&uart));
	}
}
