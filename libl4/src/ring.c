/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/ring.h>

#include <string.h>

#define REJOIN_TRIES 8

void l4_ring_join(struct l4_ring *ring, void *memory, size_t size, uint32_t entry_size)
{
	size_t entries = (size - sizeof(struct l4_ring_shared)) / entry_size;
	uint32_t capacity = 1;

	while (capacity <= entries / 2 && capacity < 1u << 30)
		capacity *= 2;
	*ring = (struct l4_ring){.shared = memory, .entry_size = entry_size, .capacity = capacity};
}

/*
 * Takes up the own index where the last incarnation left it. Indices that cannot be those of a ring, which somebody has overwritten, are made those of an
 * empty one by moving the own index to the other's. The other side may be mending the ring at the same time: then once more, but not without end, for it may be hostile.
 */
static void rejoin(struct l4_ring *ring, _Atomic uint32_t *own, const _Atomic uint32_t *other, bool producer)
{
	uint32_t index = atomic_load(own), filled;

	for (int tries = 0; tries < REJOIN_TRIES; tries++) {
		uint32_t theirs = atomic_load(other);

		filled = producer ? index - theirs : theirs - index;
		if (filled > ring->capacity)
			index = theirs;
		atomic_store(own, index);
		if (atomic_load(other) == theirs)
			break;
	}
	ring->index = index;
	ring->broken = false;
}

void l4_ring_rejoin_producer(struct l4_ring *ring)
{
	rejoin(ring, &ring->shared->head, &ring->shared->tail, true);
}

void l4_ring_rejoin_consumer(struct l4_ring *ring)
{
	rejoin(ring, &ring->shared->tail, &ring->shared->head, false);
}

/* The own index is right, unless the ring is broken: then it is given up for what stands in memory, which the other side may have taken for its own. */
static void renew(struct l4_ring *ring, _Atomic uint32_t *own, const _Atomic uint32_t *other, bool producer)
{
	atomic_store(own, ring->index);
	rejoin(ring, own, other, producer);
}

void l4_ring_renew_producer(struct l4_ring *ring)
{
	renew(ring, &ring->shared->head, &ring->shared->tail, true);
}

void l4_ring_renew_consumer(struct l4_ring *ring)
{
	renew(ring, &ring->shared->tail, &ring->shared->head, false);
}

/* How many entries the ring holds, by one read of the other side's index. More than the capacity: the ring is broken, and 0 here. */
static bool read_other(struct l4_ring *ring, const _Atomic uint32_t *other, bool producer, uint32_t *filled)
{
	uint32_t index = atomic_load_explicit(other, memory_order_acquire);

	*filled = producer ? ring->index - index : index - ring->index;
	if (*filled > ring->capacity)
		ring->broken = true;
	return !ring->broken;
}

/* The piece of `count` entries that starts at `index`, cut at the end of the ring's memory. */
static uint32_t contiguous(const struct l4_ring *ring, uint32_t index, uint32_t count)
{
	uint32_t to_end = ring->capacity - (index & (ring->capacity - 1));

	return count < to_end ? count : to_end;
}

static uint8_t *entry_at(const struct l4_ring *ring, uint32_t index)
{
	return ring->shared->entries + (size_t)(index & (ring->capacity - 1)) * ring->entry_size;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/*
 * After the own index is published: did the other side, by its own index now, see the ring as it was before (empty to a consumer, full to a producer)?
 * The fence here and the other side's between its publication and its read make sure that one of the two sees the other's.
 */
static bool publish(struct l4_ring *ring, _Atomic uint32_t *own, const _Atomic uint32_t *other, uint32_t moved, uint32_t waiting_at)
{
	ring->index += moved;
	atomic_store_explicit(own, ring->index, memory_order_release);
	atomic_thread_fence(memory_order_seq_cst);
	return atomic_load_explicit(other, memory_order_relaxed) == waiting_at;
}

uint32_t l4_ring_push(struct l4_ring *ring, const void *entries, uint32_t count, bool *signal)
{
	const uint8_t *from = entries;
	uint32_t filled, first, before = ring->index;
	bool waiting = false;

	count = read_other(ring, &ring->shared->tail, true, &filled) ? smaller(count, ring->capacity - filled) : 0;
	if (count > 0) {
		first = contiguous(ring, before, count);
		memcpy(entry_at(ring, before), from, (size_t)first * ring->entry_size);
		memcpy(ring->shared->entries, from + (size_t)first * ring->entry_size, (size_t)(count - first) * ring->entry_size);
		waiting = publish(ring, &ring->shared->head, &ring->shared->tail, count, before);
	}
	if (signal)
		*signal = waiting;
	return count;
}

uint32_t l4_ring_pop(struct l4_ring *ring, void *entries, uint32_t count, bool *signal)
{
	uint8_t *to = entries;
	uint32_t filled, first, before = ring->index;
	bool waiting = false;

	count = read_other(ring, &ring->shared->head, false, &filled) ? smaller(count, filled) : 0;
	if (count > 0) {
		first = contiguous(ring, before, count);
		memcpy(to, entry_at(ring, before), (size_t)first * ring->entry_size);
		memcpy(to + (size_t)first * ring->entry_size, ring->shared->entries, (size_t)(count - first) * ring->entry_size);
		waiting = publish(ring, &ring->shared->tail, &ring->shared->head, count, before + ring->capacity);
	}
	if (signal)
		*signal = waiting;
	return count;
}

uint32_t l4_ring_push_renewing(struct l4_ring *ring, const void *entries, uint32_t count, bool *signal)
{
	uint32_t pushed = l4_ring_push(ring, entries, count, signal);

	if (!ring->broken)
		return pushed;
	l4_ring_renew_producer(ring);
	return l4_ring_push(ring, entries, count, signal);
}

uint32_t l4_ring_pop_renewing(struct l4_ring *ring, void *entries, uint32_t count, bool *signal)
{
	uint32_t popped = l4_ring_pop(ring, entries, count, signal);

	if (!ring->broken)
		return popped;
	l4_ring_renew_consumer(ring);
	return l4_ring_pop(ring, entries, count, signal);
}

uint32_t l4_ring_room(struct l4_ring *ring)
{
	uint32_t filled;

	return read_other(ring, &ring->shared->tail, true, &filled) ? ring->capacity - filled : 0;
}

uint32_t l4_ring_filled(struct l4_ring *ring)
{
	uint32_t filled;

	return read_other(ring, &ring->shared->head, false, &filled) ? filled : 0;
}
