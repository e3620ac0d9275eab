/* SPDX-License-Identifier: BSD-2-Clause */
/* The architecture has no I/O ports: boot_platform.io_ports is 0, and so there is no capability through which these could be called. */
#include <kernel/arch.h>
#include <kernel/print.h>

word_t arch_port_read(unsigned port, unsigned width)
{
	(void)width;
	panic("there are no I/O ports", port);
}

void arch_port_write(unsigned port, unsigned width, word_t value)
{
	(void)width;
	(void)value;
	panic("there are no I/O ports", port);
}
