/* SPDX-License-Identifier: BSD-2-Clause */
/* For panics, and for programs that run before there is a console server: waits for each byte, but never for a port that is not there. */
#include "console.h"

#include <arch/registers.h>
#include <kernel/arch.h>

#define CONSOLE_SETTING(register, value) {register, value},

static const struct {
	uint8_t offset, value;
} settings[] = {CONSOLE_SETTINGS_OF(CONSOLE_SETTING)};

void console_boot(void)
{
	for (unsigned i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		port_write_8(CONSOLE_PORT + settings[i].offset, settings[i].value);
}

void arch_putchar(char c)
{
	for (unsigned i = 0; i < CONSOLE_PATIENCE && !(port_read_8(CONSOLE_PORT + UART_LINE_STATUS) & UART_LINE_EMPTY); i++)
		;
	port_write_8(CONSOLE_PORT + UART_DATA, (uint8_t)c);
}
