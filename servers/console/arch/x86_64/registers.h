/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial line's registers: ports, which the kernel reads and writes for us. */
#pragma once

#include <stdint.h>

#include <l4/startup.h>
#include <l4/stubs.h>
#include <servers/uart.h>

struct registers {
	l4_cap_t ports;
	l4_word_t first;
};

static inline struct registers registers_open(void)
{
	return (struct registers){l4_startup_cap(UART_PORTS), l4_startup_value(UART_ADDRESS)};
}

/* All ones, as of a device that is gone, where the kernel refuses: uart_init would have found out before. */
static inline uint8_t registers_read(const struct registers *registers, unsigned int reg)
{
	l4_word_t value = 0xff;
	l4_io_ports_read(registers->ports, registers->first + reg, sizeof(uint8_t), &value);
	return (uint8_t)value;
}

static inline void registers_write(const struct registers *registers, unsigned int reg, uint8_t value)
{
	l4_io_ports_write(registers->ports, registers->first + reg, sizeof(value), value);
}
