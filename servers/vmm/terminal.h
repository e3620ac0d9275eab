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

/* The next byte of input; -1 where there is none, or the virtio console has claimed it. */
int terminal_get(void);

/* The virtio console's input: as many of `length` bytes as there are. */
size_t terminal_read(uint8_t *data, size_t length);

/* From now on the virtio console reads the input: true; false: terminal_get() gives it. */
void terminal_claim(bool claimed);

/* Asks for another terminal event at once. False: nobody is there to send one. */
bool terminal_call_back(void);

/* Asks for another terminal event in a while. */
void terminal_call_back_later(void);

/* A terminal event has come: tells the console server of all that has been written. Who waits for more asks for another event. */
void terminal_event(void);
