/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device's side of a split virtqueue (OASIS VIRTIO 1.2, section 2.7), without indirect descriptors and event indices.
 *
 * The driver may write anything into the shared memory at any time. So each field is read once, into private memory, and checked there. A driver that
 * breaks the rules breaks its queue, from which nothing more is taken until it is reset; the device then tells it so (DEVICE_NEEDS_RESET).
 * Each call does work that the queue's size bounds.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define L4_VIRTQUEUE_SIZE_MAX 128

/* Where `length` bytes of the driver's memory from `address` on are for the device; null unless all of them are memory. It stays there until the queue is reset. */
typedef void *l4_virtqueue_memory(void *context, uint64_t address, uint64_t length);

/* What the driver chose: the number of descriptors and where it put the three parts, by its own addresses. */
struct l4_virtqueue_place {
	uint16_t size;
	uint64_t descriptors;
	uint64_t available;
	uint64_t used;
};

struct l4_virtqueue {
	l4_virtqueue_memory *memory;
	void *context;
	const volatile uint8_t *descriptors;
	const volatile uint16_t *available;
	volatile uint16_t *used;
	uint16_t size;           /* 0: not started */
	uint16_t available_next; /* chains taken so far */
	uint16_t used_next;      /* chains given back so far */
	bool unannounced;        /* chains have been given back since l4_virtqueue_announce() */
	bool broken;             /* the driver broke the rules */
};

struct l4_virtqueue_piece {
	uint8_t *data;
	uint32_t length;
};

/* A buffer of the driver's: pieces that the device reads, then pieces that it writes. Only the pieces' bytes are shared with the driver. */
struct l4_virtqueue_chain {
	uint16_t head;
	uint16_t readable; /* this many pieces come first that the device may only read */
	uint16_t pieces;
	struct l4_virtqueue_piece piece[L4_VIRTQUEUE_SIZE_MAX];
};

enum l4_virtqueue_taken { L4_VIRTQUEUE_TAKEN, L4_VIRTQUEUE_EMPTY, L4_VIRTQUEUE_BROKEN };

/* Not started: nothing can be taken. */
void l4_virtqueue_reset(struct l4_virtqueue *queue);

/* False, and the queue broken: no size of a queue, or parts that are not aligned or not in memory. */
bool l4_virtqueue_start(struct l4_virtqueue *queue, const struct l4_virtqueue_place *place, l4_virtqueue_memory *memory, void *context);

/* The next buffer that the driver has made available. */
enum l4_virtqueue_taken l4_virtqueue_take(struct l4_virtqueue *queue, struct l4_virtqueue_chain *chain);

/* Gives the chain with this head back, into which the device has written `written` bytes. Each chain that was taken is given back at most once. */
void l4_virtqueue_give_back(struct l4_virtqueue *queue, uint16_t head, uint32_t written);

/* After chains were given back: does the driver want an interrupt for them? Says so once. */
bool l4_virtqueue_announce(struct l4_virtqueue *queue);

/* How many buffers the driver says that it has made available, in all, modulo 2^16: it moves when there are more. 0 before the start. */
uint16_t l4_virtqueue_offered(const struct l4_virtqueue *queue);

/* For a device that finds its driver's buffer against the rules of their kind. */
static inline void l4_virtqueue_break(struct l4_virtqueue *queue)
{
	queue->broken = true;
}
