/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's ends of sampling and queuing ports: a virtio console device with a named port for each (VIRTIO 1.2, section 5.3, with F_MULTIPORT), which stock
 * Linux has as /dev/vport*. It is no console: hvc0 is another device (virtio_console.h).
 *
 * A message is what the guest writes or reads at once: one buffer. What comes to the guest is given to it only while it has the port open, and one message at
 * a time: the next when the driver has taken up the buffer of the last again, for its reader has read it. So of a sampling port the guest gets what is the
 * newest value by then. A message of a queuing port that was not read when the guest closed the port comes again when it opens it.
 *
 * What is written to the port for signs of life is thrown away. However much it is: each time that the guest notifies the device is one sign at most, and all is done on its own time.
 */
#pragma once

#include "channel_port.h"
#include "virtio.h"

struct virtio_port {
	bool is_open;         /* by the guest */
	bool tell_added;      /* what the driver is still to be told of the port */
	bool tell_name;
	bool tell_open;
	bool held;            /* chain is a buffer that was taken and not given back */
	bool unread;          /* the driver has the last message and has not offered a buffer since ... */
	uint16_t offered;     /* ... it had offered so many */
	bool again;           /* the last message is to come again */
	uint32_t last_length;
	uint8_t last[CHANNEL_PORT_SIZE];
	struct l4_virtqueue_chain chain;
};

struct virtio_ports {
	struct virtio_device device; /* first: the kind's functions know no other */
	struct virtio_kind kind;
	unsigned int count;
	bool control_held;
	struct l4_virtqueue_chain control;
	struct virtio_port port[CHANNEL_PORTS_ALL];
};

/* `count` is the number of ports, of which there is at least one. */
void virtio_ports_init(struct virtio_ports *ports, unsigned int count, l4_virtqueue_memory *memory, void *context);

/* Moves what can be moved, both ways. To be called when there may be messages, or room for them. A device that was not made has nothing to do. */
void virtio_ports_exchange(struct virtio_ports *ports);
