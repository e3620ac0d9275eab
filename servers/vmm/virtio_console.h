/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio console with one port (VIRTIO 1.2, section 5.3). Its line is the terminal, beside the UART's (uart.h).
 *
 * Who gets what is typed? The UART at first. The virtio console from the moment at which its driver is ready, has given buffers to receive into, and has sent
 * something, until it is reset: stock kernels drive the device even where their console is the UART, but nobody writes to it then.
 */
#pragma once

#include "virtio.h"

struct virtio_console {
	struct virtio_device device; /* first: the kind's functions know no other */
	/* Buffers that were taken and not given back: the terminal had no room for all of the one, and nothing yet for the other. */
	bool output_held, input_held;
	uint16_t output_piece;
	uint32_t output_offset; /* in that piece */
	bool spoken;            /* the driver has sent something since the last reset */
	struct l4_virtqueue_chain output, input;
};

void virtio_console_init(struct virtio_console *console, l4_virtqueue_memory *memory, void *context);

/* Moves what the terminal can take and has to give. */
void virtio_console_exchange(struct virtio_console *console);
