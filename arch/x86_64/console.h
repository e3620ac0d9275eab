/* SPDX-License-Identifier: BSD-2-Clause */
/* The first serial port, a 16550 at the address that PCs have it at. Also for assembly. */
#pragma once

#define CONSOLE_PORT 0x3f8

/* Registers, as offsets from the port. */
#define UART_DATA 0
#define UART_DIVISOR_LOW 0
#define UART_INTERRUPT_ENABLE 1
#define UART_DIVISOR_HIGH 1
#define UART_FIFO_CONTROL 2
#define UART_LINE_CONTROL 3
#define UART_MODEM_CONTROL 4
#define UART_LINE_STATUS 5

#define UART_LINE_DIVISOR 0x80
#define UART_LINE_8N1 0x03
#define UART_FIFO_ENABLE 0x07 /* both emptied */
#define UART_MODEM_READY 0x03 /* DTR, RTS */
#define UART_LINE_EMPTY 0x20  /* takes another byte */

/* A port that takes nothing after so many looks is not there. */
#define CONSOLE_PATIENCE 0x10000

/* Register and value: no interrupts, 115200 bits a second. */
#define CONSOLE_SETTINGS_OF(set)                                                                                                      \
	set(UART_INTERRUPT_ENABLE, 0) set(UART_LINE_CONTROL, UART_LINE_DIVISOR) set(UART_DIVISOR_LOW, 1) set(UART_DIVISOR_HIGH, 0) \
	set(UART_LINE_CONTROL, UART_LINE_8N1) set(UART_FIFO_CONTROL, UART_FIFO_ENABLE) set(UART_MODEM_CONTROL, UART_MODEM_READY)

#ifdef __ASSEMBLER__
#define CONSOLE_SETTING(register, value) .byte register, value;
#define CONSOLE_SETTINGS CONSOLE_SETTINGS_OF(CONSOLE_SETTING)
#else
/* Prepares the port; before it arch_putchar may print nothing. */
void console_boot(void);
#endif
