/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/virtqueue.h>

#include <stdatomic.h>
#include <stddef.h>

/* Layout of the parts (VIRTIO 1.2, sections 2.7.5, 2.7.6 and 2.7.8), little-endian as all processors here are. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "byte order of virtqueues");
enum { DESCRIPTOR_SIZE = 16, DESCRIPTOR_ALIGNMENT = 16, AVAILABLE_ALIGNMENT = 2, USED_ALIGNMENT = 4, USED_ENTRY_SIZE = 8 };
enum { FLAGS = 0, INDEX = 1, RING = 2 }; /* of the available and the used part, in units of 2 bytes */
enum { HEADER_SIZE = 4 };
enum { DESCRIPTOR_NEXT = 1, DESCRIPTOR_WRITE = 2, DESCRIPTOR_INDIRECT = 4 };
enum { AVAILABLE_NO_INTERRUPT = 1 };

struct descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags;
	uint16_t next;
};

_Static_assert(sizeof(struct descriptor) == DESCRIPTOR_SIZE, "layout of a descriptor");

void l4_virtqueue_reset(struct l4_virtqueue *queue)
{
	*queue = (struct l4_virtqueue){0};
}

static void *part(const struct l4_virtqueue *queue, uint64_t address, uint64_t alignment, uint64_t size)
{
	return address % alignment ? NULL : queue->memory(queue->context, address, size);
}

bool l4_virtqueue_start(struct l4_virtqueue *queue, const struct l4_virtqueue_place *place, l4_virtqueue_memory *memory, void *context)
{
	uint32_t size = place->size;

	*queue = (struct l4_virtqueue){.memory = memory, .context = context, .broken = true};
	if (!size || size > L4_VIRTQUEUE_SIZE_MAX || size & (size - 1))
		return false;
	queue->descriptors = part(queue, place->descriptors, DESCRIPTOR_ALIGNMENT, size * DESCRIPTOR_SIZE);
	queue->available = part(queue, place->available, AVAILABLE_ALIGNMENT, HEADER_SIZE + size * sizeof(uint16_t));
	queue->used = part(queue, place->used, USED_ALIGNMENT, HEADER_SIZE + size * USED_ENTRY_SIZE);
	if (!queue->descriptors || !queue->available || !queue->used)
		return false;
	queue->size = size;
	queue->broken = false;
	return true;
}

/* A private copy, each field read once. */
static struct descriptor descriptor_read(const struct l4_virtqueue *queue, uint16_t index)
{
	const volatile uint8_t *at = queue->descriptors + (size_t)index * DESCRIPTOR_SIZE;
	struct descriptor copy;

	copy.address = *(const volatile uint64_t *)(at + offsetof(struct descriptor, address));
	copy.length = *(const volatile uint32_t *)(at + offsetof(struct descriptor, length));
	copy.flags = *(const volatile uint16_t *)(at + offsetof(struct descriptor, flags));
	copy.next = *(const volatile uint16_t *)(at + offsetof(struct descriptor, next));
	return copy;
}

/* Appends what the descriptor says. False: not memory, a kind that was not offered, or a piece to read behind one to write. */
static bool chain_append(const struct l4_virtqueue *queue, struct l4_virtqueue_chain *chain, const struct descriptor *descriptor)
{
	bool writable = descriptor->flags & DESCRIPTOR_WRITE;
	uint8_t *data = queue->memory(queue->context, descriptor->address, descriptor->length);

	if (!data || descriptor->flags & DESCRIPTOR_INDIRECT || (!writable && chain->readable < chain->pieces))
		return false;
	chain->piece[chain->pieces++] = (struct l4_virtqueue_piece){data, descriptor->length};
	if (!writable)
		chain->readable++;
	return true;
}

/* A chain has no more pieces than the queue has descriptors, or it is a loop. */
static bool chain_read(const struct l4_virtqueue *queue, struct l4_virtqueue_chain *chain)
{
	uint16_t index = chain->head;

	chain->readable = 0;
	chain->pieces = 0;
	while (index < queue->size && chain->pieces < queue->size) {
		struct descriptor descriptor = descriptor_read(queue, index);
		if (!chain_append(queue, chain, &descriptor))
			return false;
		if (!(descriptor.flags & DESCRIPTOR_NEXT))
			return true;
		index = descriptor.next;
	}
	return false;
}

enum l4_virtqueue_taken l4_virtqueue_take(struct l4_virtqueue *queue, struct l4_virtqueue_chain *chain)
{
	if (queue->broken)
		return L4_VIRTQUEUE_BROKEN;
	if (!queue->size)
		return L4_VIRTQUEUE_EMPTY;
	uint16_t ahead = queue->available[INDEX] - queue->available_next;
	if (!ahead)
		return L4_VIRTQUEUE_EMPTY;
	/* What the driver wrote before it moved the index is read after the index. */
	atomic_thread_fence(memory_order_acquire);
	chain->head = queue->available[RING + queue->available_next % queue->size];
	if (ahead > queue->size || !chain_read(queue, chain)) {
		queue->broken = true;
		return L4_VIRTQUEUE_BROKEN;
	}
	queue->available_next++;
	return L4_VIRTQUEUE_TAKEN;
}

uint16_t l4_virtqueue_offered(const struct l4_virtqueue *queue)
{
	return queue->size ? queue->available[INDEX] : 0;
}

void l4_virtqueue_give_back(struct l4_virtqueue *queue, uint16_t head, uint32_t written)
{
	volatile uint32_t *entry = (volatile uint32_t *)(queue->used + RING) + queue->used_next % queue->size * 2;

	entry[0] = head;
	entry[1] = written;
	queue->used_next++;
	/* The driver sees the entry and the chain's bytes before it sees the index. */
	atomic_thread_fence(memory_order_release);
	queue->used[INDEX] = queue->used_next;
	queue->unannounced = true;
}

bool l4_virtqueue_announce(struct l4_virtqueue *queue)
{
	if (!queue->unannounced)
		return false;
	queue->unannounced = false;
	/* A driver that allows interrupts looks at the index afterwards: one of the two sides sees what the other wrote. */
	atomic_thread_fence(memory_order_seq_cst);
	return !(queue->available[FLAGS] & AVAILABLE_NO_INTERRUPT);
}
