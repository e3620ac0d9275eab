/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Allocator of kernel objects from a pool of untyped memory. Needs no C library. Not for use by several threads at once.
 *
 * An object comes from the smallest untyped that has room. Small objects are taken from chunks, which are split off the big ones first, so that
 * big ones stay whole; a chunk can be used anew when all its objects are gone.
 */
#pragma once

#include <stdbool.h>

#include <l4/slots.h>

#define L4_OBJECTS_UNTYPEDS 256

struct l4_untyped {
	uint32_t slot;
	uint32_t objects;   /* objects (and chunks) made of it that still live */
	l4_word_t used;     /* the kernel's watermark */
	uint8_t size_bits;
	uint8_t kind;       /* enum l4_memory */
	int16_t parent;     /* index of the untyped that this chunk was split off, -1: given by the owner */
};

struct l4_objects {
	struct l4_slots *slots;  /* the objects' capabilities go there */
	uint16_t *owner;         /* of each of those slots: index + 1 of the untyped whose object it holds, 0: none of the pool's */
	unsigned int count;
	struct l4_untyped untyped[L4_OBJECTS_UNTYPEDS];
};

/* An empty pool whose capabilities go into `slots`, which must be slots of the caller's own cnode. `owner` has slots->count elements. */
void l4_objects_init(struct l4_objects *objects, struct l4_slots *slots, uint16_t *owner);

/* Adds an untyped to the pool, which from now on is the pool's alone. False when the pool's table is full. */
bool l4_objects_add(struct l4_objects *objects, l4_cap_t untyped);

/* log2 of the bytes that an object takes, 0 for types that are not made by retype. `size_bits` as for retype. */
unsigned int l4_object_bits(l4_word_t type, l4_word_t size_bits);

/* Makes one object. kind: L4_MEMORY_OBJECT, except for frames (and untypeds of that kind) L4_MEMORY_USER. OUT_OF_MEMORY also when slots run out. */
l4_status_t l4_objects_alloc(struct l4_objects *objects, l4_word_t type, l4_word_t size_bits, enum l4_memory kind, l4_cap_t *object);

/* Makes `count` (at most L4_RETYPE_COUNT_MAX) objects from one untyped, in consecutive slots. */
l4_status_t l4_objects_alloc_many(struct l4_objects *objects, l4_word_t type, l4_word_t size_bits, enum l4_memory kind, l4_word_t count,
				  l4_cap_t *first);

/* The common cases: an object of fixed size from object memory; a frame from user memory. */
l4_status_t l4_object_new(struct l4_objects *objects, l4_word_t type, l4_cap_t *object);
l4_status_t l4_frame_new(struct l4_objects *objects, unsigned int page_bits, l4_cap_t *frame);

/* Deletes an object that came from this pool, and everything derived from it, and gives slot and memory back. */
l4_status_t l4_objects_free(struct l4_objects *objects, l4_cap_t object);

/* The capability of an object of this pool has been moved out of its slot for good: gives the slot back. The memory stays in use until l4_objects_reset. */
void l4_objects_given_away(struct l4_objects *objects, l4_cap_t object);

/* Destroys everything that was made from the pool's memory, wherever its capabilities are now, and frees those slots that the pool handed out. */
l4_status_t l4_objects_reset(struct l4_objects *objects);

/* Bytes of the kind that are not in use. */
l4_word_t l4_objects_left(const struct l4_objects *objects, enum l4_memory kind);
