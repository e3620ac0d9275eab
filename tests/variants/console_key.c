/* SPDX-License-Identifier: BSD-2-Clause */
/* A console server that Ctrl-X kills (tests/system/test_console_restart.py): amid an interrupt, and with the byte lost. */
#include "console_fault.h"
#include "uart.h"

#define KEY 0x18

int __real_uart_get(void);
int __wrap_uart_get(void);

int __wrap_uart_get(void)
{
	int byte = __real_uart_get();
	if (byte == KEY)
		fault();
	return byte;
}
