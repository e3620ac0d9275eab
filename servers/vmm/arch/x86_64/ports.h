/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine's I/O ports. Where no device is, all ones are read and nothing is written, as on a bus. */
#pragma once

#include <stdint.h>

struct machine;

/* `width` is 1, 2 or 4 bytes. */
uint32_t ports_read(struct machine *machine, uint16_t port, unsigned int width);
void ports_write(struct machine *machine, uint16_t port, unsigned int width, uint32_t value);
