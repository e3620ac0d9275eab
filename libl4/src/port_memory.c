/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/port_memory.h>

#include <string.h>

#define TRIES 8

static struct l4_port_slot *slot_of(const struct l4_port_memory *memory, uint64_t number)
{
	uint8_t *slots = (uint8_t *)memory->source + sizeof(*memory->source);

	return (struct l4_port_slot *)(slots + number % (memory->depth + 1) * l4_port_slot_bytes(memory->size));
}

/* --- The source --- */

/*
 * The destination may be mending its number at the same time: then once more, but not without end, for it may be hostile. A source that overwrites needs no
 * destination to fit to.
 */
void l4_port_rejoin_source(struct l4_port_memory *memory, bool overwrites)
{
	uint64_t number = atomic_load(&memory->source->written);

	for (int tries = 0; memory->destination && !overwrites && tries < TRIES; tries++) {
		uint64_t received = atomic_load(&memory->destination->received);

		if (number - received > memory->depth)
			number = received;
		atomic_store(&memory->source->written, number);
		if (atomic_load(&memory->destination->received) == received)
			break;
	}
	memory->number = number;
}

void l4_port_put(struct l4_port_memory *memory, const void *message, uint32_t length, uint64_t now)
{
	uint64_t number = memory->number + 1;
	struct l4_port_slot *slot = slot_of(memory, number);

	atomic_store_explicit(&slot->number, 0, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&slot->time, now, memory_order_relaxed);
	atomic_store_explicit(&slot->length, length, memory_order_relaxed);
	memcpy(slot->data, message, length);
	atomic_store_explicit(&slot->number, number, memory_order_release);
	atomic_store_explicit(&memory->source->time, now, memory_order_relaxed);
	atomic_store_explicit(&memory->source->written, number, memory_order_release);
	memory->number = number;
}

enum l4_port_room l4_port_room(const struct l4_port_memory *memory)
{
	uint64_t waiting = memory->number - atomic_load_explicit(&memory->destination->received, memory_order_acquire);

	if (waiting > memory->depth)
		return L4_PORT_ROOM_UNFIT;
	return waiting < memory->depth ? L4_PORT_ROOM : L4_PORT_NO_ROOM;
}

void l4_port_count_refused(struct l4_port_memory *memory)
{
	atomic_fetch_add_explicit(&memory->source->refused, 1, memory_order_relaxed);
}

/* The fence here and the destination's between its publication and its next look make sure that one of the two sees the other's. */
bool l4_port_destination_may_wait(const struct l4_port_memory *memory)
{
	atomic_thread_fence(memory_order_seq_cst);
	return atomic_load_explicit(&memory->destination->received, memory_order_relaxed) == memory->number - 1;
}

/* --- The destination --- */

/* Copies a message out of its slot; false where it is not there, or not any more. */
static bool copy(const struct l4_port_memory *memory, uint64_t number, void *message, struct l4_port_header *header)
{
	const struct l4_port_slot *slot = slot_of(memory, number);

	if (number == 0 || atomic_load_explicit(&slot->number, memory_order_acquire) != number)
		return false;
	header->number = number;
	header->time = atomic_load_explicit(&slot->time, memory_order_relaxed);
	header->length = atomic_load_explicit(&slot->length, memory_order_relaxed);
	if (header->length == 0 || header->length > memory->size)
		return false;
	memcpy(message, slot->data, header->length);
	atomic_thread_fence(memory_order_acquire);
	return atomic_load_explicit(&slot->number, memory_order_relaxed) == number;
}

enum l4_port_found l4_port_newest(const struct l4_port_memory *memory, void *message, struct l4_port_header *header)
{
	for (int tries = 0; tries < TRIES; tries++) {
		uint64_t number = atomic_load_explicit(&memory->source->written, memory_order_acquire);

		if (number == 0)
			return L4_PORT_NOTHING;
		if (copy(memory, number, message, header))
			return L4_PORT_FOUND;
	}
	return L4_PORT_UNFIT;
}

/* How far behind it may be is no question where the source overwrites: what is gone is passed over later. */
void l4_port_rejoin_destination(struct l4_port_memory *memory, bool overwrites)
{
	uint64_t number;

	if (!memory->destination)
		return;
	number = atomic_load(&memory->destination->received);
	for (int tries = 0; !overwrites && tries < TRIES; tries++) {
		uint64_t written = atomic_load(&memory->source->written);

		if (written - number > memory->depth)
			number = written;
		atomic_store(&memory->destination->received, number);
		if (atomic_load(&memory->source->written) == written)
			break;
	}
	memory->number = number;
}

/* Passes over messages that nobody can have any more. A number of them that cannot be comes from a source that breaks the rules, and counts as one. */
static void pass_over(struct l4_port_memory *memory, uint64_t count)
{
	atomic_fetch_add_explicit(&memory->destination->lost, count <= UINT32_MAX ? count : 1, memory_order_relaxed);
	memory->number += count;
}

/*
 * A message of the right number that cannot be copied was overwritten meanwhile, which the next look at `written` shows, or was never written. In both
 * cases nobody can have it.
 */
static enum l4_port_found look(struct l4_port_memory *memory, void *message, struct l4_port_header *header)
{
	for (int tries = 0; tries < TRIES; tries++) {
		uint64_t waiting = atomic_load_explicit(&memory->source->written, memory_order_acquire) - memory->number;

		if (waiting == 0)
			return tries ? L4_PORT_UNFIT : L4_PORT_NOTHING;
		if (waiting > memory->depth)
			pass_over(memory, waiting - memory->depth);
		if (copy(memory, memory->number + 1, message, header)) {
			memory->number++;
			return L4_PORT_FOUND;
		}
		pass_over(memory, 1);
	}
	return L4_PORT_UNFIT;
}

enum l4_port_found l4_port_take(struct l4_port_memory *memory, void *message, struct l4_port_header *header, bool *may_wait)
{
	uint64_t before = memory->number;
	enum l4_port_found found = look(memory, message, header);

	*may_wait = false;
	if (memory->number == before)
		return found;
	atomic_store_explicit(&memory->destination->received, memory->number, memory_order_release);
	atomic_thread_fence(memory_order_seq_cst);
	*may_wait = atomic_load_explicit(&memory->source->written, memory_order_relaxed) - before >= memory->depth;
	return found;
}

uint32_t l4_port_waiting(const struct l4_port_memory *memory, bool is_source)
{
	uint64_t waiting;

	if (!memory->destination)
		return 0;
	waiting = is_source ? memory->number - atomic_load_explicit(&memory->destination->received, memory_order_relaxed)
			    : atomic_load_explicit(&memory->source->written, memory_order_relaxed) - memory->number;
	return waiting < memory->depth ? (uint32_t)waiting : memory->depth;
}
