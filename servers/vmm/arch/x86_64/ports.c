/* SPDX-License-Identifier: BSD-2-Clause */
#include "ports.h"

#include "layout.h"
#include "machine.h"

#define NOBODY 0xff

static bool is_uart(uint16_t port)
{
	return port >= LAYOUT_PORT_UART && port < LAYOUT_PORT_UART + UART_REGISTERS;
}

static uint8_t read_byte(struct machine *machine, uint16_t port)
{
	uint8_t value = NOBODY;
	if (is_uart(port))
		return uart_read(&machine->uart, port - LAYOUT_PORT_UART);
	power_read(&machine->power, port, &value);
	return value;
}

static void write_byte(struct machine *machine, uint16_t port, uint8_t value)
{
	if (is_uart(port))
		uart_write(&machine->uart, port - LAYOUT_PORT_UART, value);
	else
		power_write(&machine->power, port, value);
}

/* PCI's registers come in three widths, the other devices are a byte wide: the bus splits wider accesses. The UART does not pay for the search of BARs. */
uint32_t ports_read(struct machine *machine, uint16_t port, unsigned int width)
{
	uint32_t value = 0;
	if (is_uart(port) && width == 1)
		return uart_read(&machine->uart, port - LAYOUT_PORT_UART);
	if (pci_port_read(&machine->pci, port, width, &value))
		return value;
	for (unsigned int i = 0; i < width; i++)
		value |= (uint32_t)read_byte(machine, port + i) << 8 * i;
	return value;
}

void ports_write(struct machine *machine, uint16_t port, unsigned int width, uint32_t value)
{
	if (is_uart(port) && width == 1) {
		uart_write(&machine->uart, port - LAYOUT_PORT_UART, value);
		return;
	}
	if (pci_port_write(&machine->pci, port, width, value))
		return;
	for (unsigned int i = 0; i < width; i++)
		write_byte(machine, port + i, value >> 8 * i);
}
