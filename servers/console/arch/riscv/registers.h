/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial line's registers: memory. */
#pragma once

#include <stdint.h>

#include <l4/startup.h>
#include <servers/uart.h>

struct registers {
	volatile uint8_t *byte;
};

static inline struct registers registers_open(void)
{
	return (struct registers){(volatile uint8_t *)l4_startup_value(UART_ADDRESS)};
}

static inline uint8_t registers_read(const struct registers *registers, unsigned int reg)
{
	return registers->byte[reg];
}

static inline void registers_write(const struct registers *registers, unsigned int reg, uint8_t value)
{
	registers->byte[reg] = value;
}
