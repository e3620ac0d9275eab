/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's line to the console server: the far end of its UART and of SBI's console. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes one byte; false where there is no room now. */
bool terminal_put(uint8_t byte);

/* Takes as many of `length` bytes as there is room for. */
size_t terminal_write(const uint8_t *data, size_t length);

/* The next byte of input; -1 where there is none. */
int terminal_get(void);

/* Tells the console server of all that has been written. */
void terminal_flush(void);
