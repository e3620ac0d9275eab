/* SPDX-License-Identifier: BSD-2-Clause */
/* A console server that two keys kill (tests/system/test_console_restart.py): amid an interrupt, and with the byte lost. */
#include "console.h"
#include "console_fault.h"
#include "uart.h"

#define KEY 0x18
#define SCRIBBLE_KEY 0x19
#define NO_INDEX 0x12345678 /* by far more than any ring holds */

int __real_uart_get(void);
int __wrap_uart_get(void);

static void scribble(void)
{
	for (int i = 0; i < console.count; i++) {
		console.client[i].output.shared->tail ^= NO_INDEX;
		console.client[i].input.shared->head ^= NO_INDEX;
	}
}

int __wrap_uart_get(void)
{
	int byte = __real_uart_get();
	if (byte == SCRIBBLE_KEY)
		scribble();
	if (byte == KEY || byte == SCRIBBLE_KEY)
		fault();
	return byte;
}
