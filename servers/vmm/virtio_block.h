/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtio block device with one queue (VIRTIO 1.2, section 5.2): requests to read, to write, to flush, and for the device's name. They are done one after the other, each by
 * as many calls as its size and the backing make necessary.
 */
#pragma once

#include "block_backing.h"
#include "virtio.h"

struct virtio_block {
	struct virtio_device device;   /* first: the kind's functions know no other */
	struct block_backing *backing; /* null: not initialized, there is no disk */
	/* The request that was taken and not answered. All that the driver wrote about it, but its data, has been read once. */
	bool held;
	uint32_t type;
	uint64_t sector;               /* of the next byte of data */
	uint64_t left;                 /* bytes of data to come */
	uint32_t written;              /* bytes of data that went to the driver */
	uint16_t piece;                /* of the chain, where the next byte of data is */
	uint32_t offset;               /* in that piece */
	uint8_t *status;               /* the driver's, of the request */
	struct l4_virtqueue_chain chain;
};

void virtio_block_init(struct virtio_block *block, struct block_backing *backing, l4_virtqueue_memory *memory, void *context);

/* Goes on with a request that was more than one call may do, or that the backing put off. Does nothing where there is none. */
void virtio_block_exchange(struct virtio_block *block);
