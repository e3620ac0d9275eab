/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/registers.h>
#include <kernel/arch.h>

word_t arch_port_read(unsigned port, unsigned width)
{
	if (width == 1)
		return port_read_8((uint16_t)port);
	return width == 2 ? port_read_16((uint16_t)port) : port_read_32((uint16_t)port);
}

void arch_port_write(unsigned port, unsigned width, word_t value)
{
	if (width == 1)
		port_write_8((uint16_t)port, (uint8_t)value);
	else if (width == 2)
		port_write_16((uint16_t)port, (uint16_t)value);
	else
		port_write_32((uint16_t)port, (uint32_t)value);
}
