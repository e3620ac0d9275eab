/* SPDX-License-Identifier: BSD-2-Clause */
#include "../../build_uart.h"

#include <l4/stubs.h>
#include <servers/uart.h>

/* The page is mapped. */
void build_give_uart(struct part *part, const struct handover_uart *uart)
{
	struct process *process = &part->program;
	l4_cap_t frame = l4_slots_alloc(&part->slots);
	process_check(process, l4_cnode_copy(L4_SLOT_CNODE, frame, L4_SLOT_CNODE, uart->registers, L4_READ | L4_WRITE),
		      "the serial line's page could not be copied");
	process_tell(process, UART_ADDRESS, process_share(process, NULL, frame, L4_READ | L4_WRITE) + uart->address);
}
