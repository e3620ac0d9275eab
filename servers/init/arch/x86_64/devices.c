/* SPDX-License-Identifier: BSD-2-Clause */
/* A PC has its first serial line where it has been since 1981. */
#include "../../devices.h"

#include <l4/stubs.h>
#include <servers/uart.h>

#include "../../init.h"
#include "entropy.h"

const char devices_architecture[] = "x86_64";
const char devices_guest_support[] = "SVM with nested paging";

#define COM1_PORTS 0x3f8
#define COM1_LINE 4

l4_cap_t devices_ports(l4_word_t first, l4_word_t count)
{
	l4_cap_t ports = l4_slots_alloc(&init.slots);
	init_require(l4_io_port_control_issue(L4_BOOT_IO_PORT_CONTROL, first, count, L4_BOOT_CNODE, ports), "a device's ports");
	return ports;
}

static void find_uart(struct handover_uart *uart)
{
	uart->address = COM1_PORTS;
	uart->registers = devices_ports(COM1_PORTS, UART_REGISTERS);
	uart->interrupt = devices_interrupt(COM1_LINE);
}

static void find_seed(struct handover *handover)
{
	for (handover->seed_count = 0; handover->seed_count < HANDOVER_SEEDS; handover->seed_count++)
		handover->seed[handover->seed_count] = entropy_word();
}

/* What a guest may be told of the processor it can ask it itself. */
void devices_find(struct handover *handover)
{
	find_uart(&handover->uart);
	find_seed(handover);
	handover->features = 0;
}
