/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring between one producer and one consumer in shared memory, of bytes or of descriptors.
 *
 * The other side may write anything into the shared memory at any time. So each side keeps its own index and the ring's shape in private memory, reads the other's index
 * once for each operation, and checks it: an index that is out of range marks the ring broken, and from then on it moves nothing. Entries are copied out before they are looked at.
 *
 * Signals: push and pop say when the other side may be waiting. It may be waiting only when the ring was empty before the push, or full before the pop. Before it waits, a side must
 * have seen the ring empty (full) *after* its last operation, which a push or pop that moved nothing shows.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lies at the start of the shared memory. Indices run freely; each is written by one side only. */
struct l4_ring_shared {
	_Alignas(64) _Atomic uint32_t head; /* entries pushed so far: the producer's */
	_Alignas(64) _Atomic uint32_t tail; /* entries popped so far: the consumer's */
	_Alignas(64) uint8_t entries[];
};

_Static_assert(sizeof(struct l4_ring_shared) == 128, "layout of a ring");

struct l4_ring {
	struct l4_ring_shared *shared;
	uint32_t entry_size;
	uint32_t capacity; /* entries, a power of two */
	uint32_t index;    /* the own one of head and tail */
	bool broken;       /* the other side broke the rules */
};

/* An entry of a descriptor ring: a piece of a memory area that both sides share. */
struct l4_descriptor {
	uint64_t offset;
	uint32_t length;
	uint32_t cookie; /* the producer's own, comes back with the completion */
};

/*
 * Joins a ring that takes `size` bytes of memory at `memory` (64-byte aligned): the capacity is the largest power of two of entries that fits.
 * Whoever gives out the memory gives it out cleared; each side then joins once, before the ring's first use.
 */
void l4_ring_join(struct l4_ring *ring, void *memory, size_t size, uint32_t entry_size);

/*
 * Restarts. A side that is started anew joins and then *rejoins*: it takes its index from the shared memory, and what is in the ring stays there. The
 * other side, where it is told of that, *renews*: it keeps its index, and writes it into the shared memory again. Whatever the last incarnation wrote there,
 * both then have one ring, in whichever order they do so: where the indices fit each other no entry is lost, and else the ring is empty, and whole again.
 *
 * A side may have died between a push or pop and its signal, so the one that is started anew should signal the other once.
 */
void l4_ring_rejoin_producer(struct l4_ring *ring);
void l4_ring_rejoin_consumer(struct l4_ring *ring);
void l4_ring_renew_producer(struct l4_ring *ring);
void l4_ring_renew_consumer(struct l4_ring *ring);

/* Producer: pushes up to `count` entries, gives how many. *signal: the consumer may be waiting (may be null). */
uint32_t l4_ring_push(struct l4_ring *ring, const void *entries, uint32_t count, bool *signal);

/* Consumer: pops up to `count` entries, gives how many. *signal: the producer may be waiting (may be null). */
uint32_t l4_ring_pop(struct l4_ring *ring, void *entries, uint32_t count, bool *signal);

/* The same towards a side that may die after it has scribbled on the ring, and is started anew without word of it: a broken ring is renewed. */
uint32_t l4_ring_push_renewing(struct l4_ring *ring, const void *entries, uint32_t count, bool *signal);
uint32_t l4_ring_pop_renewing(struct l4_ring *ring, void *entries, uint32_t count, bool *signal);

/* Entries that push would take, that pop would give, at least. */
uint32_t l4_ring_room(struct l4_ring *ring);
uint32_t l4_ring_filled(struct l4_ring *ring);

/* Does the descriptor lie in an area of `size` bytes? To be asked of the copy that pop gave. */
static inline bool l4_descriptor_valid(const struct l4_descriptor *descriptor, uint64_t size)
{
	return descriptor->offset <= size && descriptor->length <= size - descriptor->offset;
}
