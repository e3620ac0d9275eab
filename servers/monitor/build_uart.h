/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "monitor.h"

/* The architecture's part (arch/ISA/build_uart.c): gives the console server's program the serial line's registers, as its own part of the architecture expects them. */
void build_give_uart(struct part *part, const struct handover_uart *uart);
