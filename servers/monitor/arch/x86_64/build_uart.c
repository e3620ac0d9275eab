/* SPDX-License-Identifier: BSD-2-Clause */
#include "../../build_uart.h"

#include <servers/uart.h>

void build_give_uart(struct part *part, const struct handover_uart *uart)
{
	process_give(&part->program, UART_PORTS, uart->registers, L4_READ | L4_WRITE, 0);
	process_tell(&part->program, UART_ADDRESS, uart->address);
}
