/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include <l4/abi/arch.h>

#include "guest.h"

void machine_reset(struct machine *machine)
{
	plic_reset(&machine->plic);
	uart_reset(&machine->uart);
	machine->uart_level = false;
	machine->external = false;
}

static void update_external(struct machine *machine)
{
	bool level = plic_output(&machine->plic);
	if (level == machine->external)
		return;
	machine->external = level;
	guest_set_line(L4_VCPU_LINE_EXTERNAL, level);
}

static void update_uart(struct machine *machine)
{
	bool level = uart_interrupt(&machine->uart);
	if (level == machine->uart_level)
		return;
	machine->uart_level = level;
	plic_set_level(&machine->plic, MACHINE_UART_SOURCE, level);
	update_external(machine);
}

void machine_terminal_event(struct machine *machine)
{
	uart_exchange(&machine->uart);
	update_uart(machine);
}

/* The UART is a byte-wide device on a wider bus: an access of any width meets one register. */
static bool is_uart(uint64_t address)
{
	return address - MACHINE_UART_BASE < UART_REGISTERS;
}

static bool is_plic(uint64_t address)
{
	return address - MACHINE_PLIC_BASE < MACHINE_PLIC_SIZE;
}

bool machine_read(struct machine *machine, uint64_t address, unsigned int width, uint64_t *value)
{
	if (is_uart(address)) {
		*value = uart_read(&machine->uart, address - MACHINE_UART_BASE);
		update_uart(machine);
		return true;
	}
	uint32_t word = 0;
	if (!is_plic(address) || !plic_read(&machine->plic, address - MACHINE_PLIC_BASE, width, &word))
		return false;
	*value = word;
	update_external(machine);
	return true;
}

bool machine_write(struct machine *machine, uint64_t address, unsigned int width, uint64_t value)
{
	if (is_uart(address)) {
		uart_write(&machine->uart, address - MACHINE_UART_BASE, value);
		update_uart(machine);
		return true;
	}
	if (!is_plic(address) || !plic_write(&machine->plic, address - MACHINE_PLIC_BASE, width, value))
		return false;
	update_external(machine);
	return true;
}
