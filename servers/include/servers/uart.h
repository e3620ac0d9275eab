/* SPDX-License-Identifier: BSD-2-Clause */
/* How a program is given a 16550's registers, in its startup block. */
#pragma once

#define UART_REGISTERS 8
#define UART_ADDRESS "uart"     /* value: the address at which they are mapped, or the number of the first port */
#define UART_PORTS "uart.ports" /* capability: io_ports, where they are ports */
