/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/objects.h>

#include <l4/stubs.h>

/* Chunks: log2 of their bytes by kind of memory. Only requests of at most half a chunk come from one. */
#define OBJECT_CHUNK_BITS 16
#define USER_CHUNK_BITS 21

#define NO_PARENT (-1)

unsigned int l4_object_bits(l4_word_t type, l4_word_t size_bits)
{
	static const uint8_t fixed_bits[] = {
		[L4_TYPE_THREAD] = 13, [L4_TYPE_ENDPOINT] = 6, [L4_TYPE_REPLY] = 6, [L4_TYPE_NOTIFICATION] = 6, [L4_TYPE_VSPACE] = 13,
		[L4_TYPE_PAGE_TABLE] = 12, [L4_TYPE_SCHED_CONTEXT] = 8, [L4_TYPE_TIMER] = 7, [L4_TYPE_VCPU] = 10, [L4_TYPE_DOORBELL] = 8,
		[L4_TYPE_VIRQ] = 7, [L4_TYPE_DOMAIN] = 12, [L4_TYPE_GUEST_VSPACE] = 15,
	};

	if (type == L4_TYPE_UNTYPED || type == L4_TYPE_CNODE || type == L4_TYPE_FRAME || type == L4_TYPE_SCHEDULE)
		return (unsigned int)size_bits;
	return type < sizeof(fixed_bits) ? fixed_bits[type] : 0;
}

void l4_objects_init(struct l4_objects *objects, struct l4_slots *slots, uint16_t *owner)
{
	objects->slots = slots;
	objects->owner = owner;
	objects->count = 0;
	for (l4_word_t i = 0; i < slots->count; i++)
		owner[i] = 0;
}

/* An unused element of the pool's table, or null. */
static struct l4_untyped *new_element(struct l4_objects *objects)
{
	for (unsigned int i = 0; i < objects->count; i++)
		if (objects->untyped[i].slot == 0)
			return &objects->untyped[i];
	return objects->count < L4_OBJECTS_UNTYPEDS ? &objects->untyped[objects->count++] : NULL;
}

static bool add(struct l4_objects *objects, l4_cap_t slot, int parent)
{
	l4_word_t size_bits, used, kind;
	struct l4_untyped *untyped = new_element(objects);

	if (!untyped)
		return false;
	untyped->slot = 0;
	if (l4_untyped_info(slot, &size_bits, &used, &kind) != L4_OK)
		return false;
	*untyped = (struct l4_untyped){
		.slot = (uint32_t)slot, .used = used, .size_bits = (uint8_t)size_bits, .kind = (uint8_t)kind, .parent = (int16_t)parent,
	};
	return true;
}

bool l4_objects_add(struct l4_objects *objects, l4_cap_t untyped)
{
	return add(objects, untyped, NO_PARENT);
}

/* Room for `count` objects of 2^bits bytes? The kernel aligns each to its size. */
static bool has_room(const struct l4_untyped *untyped, unsigned int bits, l4_word_t count)
{
	l4_word_t size, start;

	if (bits > untyped->size_bits)
		return false;
	size = 1UL << untyped->size_bits;
	start = (untyped->used + (1UL << bits) - 1) >> bits << bits;
	return start <= size && count <= (size - start) >> bits;
}

/* The smallest untyped with room, or null. */
static struct l4_untyped *pick(struct l4_objects *objects, enum l4_memory kind, unsigned int bits, l4_word_t count)
{
	struct l4_untyped *best = NULL;

	for (unsigned int i = 0; i < objects->count; i++) {
		struct l4_untyped *untyped = &objects->untyped[i];

		if (untyped->slot == 0 || untyped->kind != kind || !has_room(untyped, bits, count))
			continue;
		if (!best || untyped->size_bits < best->size_bits)
			best = untyped;
	}
	return best;
}

static void set_owner(struct l4_objects *objects, l4_cap_t first, l4_word_t count, const struct l4_untyped *untyped)
{
	uint16_t owner = untyped ? (uint16_t)(untyped - objects->untyped + 1) : 0;

	for (l4_word_t i = 0; i < count; i++)
		objects->owner[first - objects->slots->first + i] = owner;
}

static l4_status_t retype(struct l4_objects *objects, struct l4_untyped *untyped, l4_word_t type, l4_word_t size_bits, l4_word_t count, l4_cap_t *first)
{
	l4_status_t status;

	*first = l4_slots_alloc_range(objects->slots, count);
	if (!*first)
		return L4_OUT_OF_MEMORY;
	status = l4_untyped_retype(untyped->slot, type, size_bits, objects->slots->cnode, *first, count);
	if (status != L4_OK) {
		l4_slots_free(objects->slots, *first, count);
		return status;
	}
	set_owner(objects, *first, count, untyped);
	untyped->objects += (uint32_t)count;
	return l4_untyped_info(untyped->slot, NULL, &untyped->used, NULL);
}

static unsigned int chunk_bits(enum l4_memory kind)
{
	return kind == L4_MEMORY_OBJECT ? OBJECT_CHUNK_BITS : USER_CHUNK_BITS;
}

/* Gives a chunk's memory back to its parent. The chunk is empty. */
static void release_chunk(struct l4_objects *objects, struct l4_untyped *chunk)
{
	l4_objects_free(objects, chunk->slot);
	chunk->slot = 0;
}

/* Splits a chunk off and adds it to the pool; null where that is not possible, which is no error: then there is only no chunk. */
static struct l4_untyped *split_chunk(struct l4_objects *objects, struct l4_untyped *untyped)
{
	unsigned int bits = chunk_bits(untyped->kind);
	l4_cap_t slot;

	if (!has_room(untyped, bits, 1) || retype(objects, untyped, L4_TYPE_UNTYPED, bits, 1, &slot) != L4_OK)
		return NULL;
	if (add(objects, slot, (int)(untyped - objects->untyped)))
		return pick(objects, untyped->kind, bits, 1);
	l4_objects_free(objects, slot);
	return NULL;
}

/* Releases all chunks that hold no object. True when there was one. */
static bool release_empty_chunks(struct l4_objects *objects)
{
	bool released = false;

	for (unsigned int i = 0; i < objects->count; i++) {
		struct l4_untyped *untyped = &objects->untyped[i];

		if (untyped->slot && untyped->parent != NO_PARENT && untyped->objects == 0) {
			release_chunk(objects, untyped);
			released = true;
		}
	}
	return released;
}

/* Where to take `count` objects of 2^bits bytes from. */
static struct l4_untyped *source_for(struct l4_objects *objects, enum l4_memory kind, unsigned int bits, l4_word_t count)
{
	unsigned int chunk = chunk_bits(kind);
	struct l4_untyped *untyped = pick(objects, kind, bits, count);

	if (!untyped && release_empty_chunks(objects))
		untyped = pick(objects, kind, bits, count);
	if (untyped && untyped->size_bits > chunk && bits < chunk && count <= 1UL << (chunk - 1 - bits)) {
		struct l4_untyped *part = split_chunk(objects, untyped);

		if (part)
			untyped = part;
	}
	return untyped;
}

l4_status_t l4_objects_alloc_many(struct l4_objects *objects, l4_word_t type, l4_word_t size_bits, enum l4_memory kind, l4_word_t count, l4_cap_t *first)
{
	unsigned int bits = l4_object_bits(type, size_bits);
	struct l4_untyped *untyped;

	if (bits == 0 || count == 0)
		return L4_INVALID_ARGUMENT;
	untyped = source_for(objects, kind, bits, count);
	return untyped ? retype(objects, untyped, type, size_bits, count, first) : L4_OUT_OF_MEMORY;
}

l4_status_t l4_objects_alloc(struct l4_objects *objects, l4_word_t type, l4_word_t size_bits, enum l4_memory kind, l4_cap_t *object)
{
	return l4_objects_alloc_many(objects, type, size_bits, kind, 1, object);
}

l4_status_t l4_object_new(struct l4_objects *objects, l4_word_t type, l4_cap_t *object)
{
	return l4_objects_alloc(objects, type, 0, L4_MEMORY_OBJECT, object);
}

l4_status_t l4_frame_new(struct l4_objects *objects, unsigned int page_bits, l4_cap_t *frame)
{
	return l4_objects_alloc(objects, L4_TYPE_FRAME, page_bits, L4_MEMORY_USER, frame);
}

l4_status_t l4_objects_free(struct l4_objects *objects, l4_cap_t object)
{
	uint16_t owner = objects->owner[object - objects->slots->first];
	struct l4_untyped *untyped;
	l4_status_t status;

	if (owner == 0)
		return L4_INVALID_CAP;
	status = l4_slots_delete(objects->slots, object);
	if (status != L4_OK)
		return status;
	set_owner(objects, object, 1, NULL);
	untyped = &objects->untyped[owner - 1];
	/* Children that are not of this pool may keep the watermark where it is. */
	if (--untyped->objects == 0)
		status = l4_untyped_info(untyped->slot, NULL, &untyped->used, NULL);
	return status;
}

void l4_objects_given_away(struct l4_objects *objects, l4_cap_t object)
{
	set_owner(objects, object, 1, NULL);
	l4_slots_free(objects->slots, object, 1);
}

/* After a reset: the chunks are gone, the untypeds of the owner are unused. */
static void forget_untyped(struct l4_untyped *untyped)
{
	untyped->used = 0;
	untyped->objects = 0;
	if (untyped->parent != NO_PARENT)
		untyped->slot = 0;
}

l4_status_t l4_objects_reset(struct l4_objects *objects)
{
	for (unsigned int i = 0; i < objects->count; i++) {
		struct l4_untyped *untyped = &objects->untyped[i];

		if (untyped->slot && untyped->parent == NO_PARENT) {
			l4_status_t status = l4_cnode_revoke(objects->slots->cnode, untyped->slot);

			if (status != L4_OK)
				return status;
		}
	}
	for (unsigned int i = 0; i < objects->count; i++)
		forget_untyped(&objects->untyped[i]);
	for (l4_word_t i = 0; i < objects->slots->count; i++) {
		if (objects->owner[i]) {
			objects->owner[i] = 0;
			l4_slots_free(objects->slots, objects->slots->first + i, 1);
		}
	}
	return L4_OK;
}

l4_word_t l4_objects_left(const struct l4_objects *objects, enum l4_memory kind)
{
	l4_word_t left = 0;

	for (unsigned int i = 0; i < objects->count; i++)
		if (objects->untyped[i].slot && objects->untyped[i].kind == kind)
			left += (1UL << objects->untyped[i].size_bits) - objects->untyped[i].used;
	return left;
}
