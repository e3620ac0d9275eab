/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capability slots and their derivation.
 *
 * Invariants (checked by check.c in debug kernels):
 *  1. Every capability is in the children list of the capability that it was derived from; initial ones in that of slot_origin.
 *  2. A slot is empty (word 0) and then in no list, or it holds a capability and then is in exactly one list.
 *  3. An object's first capability ("original") is a child of the untyped it was made from; every other capability to it is
 *     a descendant of the original. So deleting the original, which first deletes its descendants, leaves no capability to the object.
 *  4. No chain of parents is longer than L4_DERIVATION_DEPTH_MAX: walking down to a leaf is bounded.
 *  5. Untyped memory has a child as long as any byte of it is in use: a cnode whose destruction is under way keeps its original
 *     capability in the cnode's last slot, its tomb.
 */
#pragma once

#include <kernel/types.h>

struct thread;

/*
 * word: bits 4..0 type, 8..5 rights, 9 original, 15..10 size_bits, 63..16 the object's address (kernel address; physical for frames and untyped).
 * One mask compares type and rights, one arithmetic shift gives the address.
 */
struct slot {
	word_t word;
	word_t badge;   /* endpoint, notification, domain, system: badge; cnode, io_ports: number of slots, ports; frame, page_table: mapping.vaddr and flags; untyped: watermark */
	word_t extra;   /* frame, page_table: number of the space it is mapped in; untyped: end of the cleared memory above the watermark; irq_handler: line */
	word_t extra2;  /* frame, page_table: generation of that space; untyped: kind of memory */
	struct slot *child;
	struct slot *next;
	struct slot *prev; /* the parent, where this is the first child */
	uint32_t depth;    /* ancestors */
	uint16_t holder_slot; /* which of the holder's own slots this is */
	uint16_t held;        /* whose slot it is (enum l4_holder): objects hold slots of their own, and are told when one of them loses its capability */
};

_Static_assert(sizeof(struct slot) == 64, "slot lookup shifts by 6");
#define SLOT_BITS 6

#define SLOT_TYPE_MASK 0x1fUL
#define SLOT_RIGHTS_SHIFT 5
#define SLOT_RIGHTS_MASK (0xfUL << SLOT_RIGHTS_SHIFT)
#define SLOT_ORIGINAL 0x200UL
#define SLOT_SIZE_SHIFT 10
#define SLOT_SIZE_MASK (0x3fUL << SLOT_SIZE_SHIFT)
#define SLOT_ADDRESS_SHIFT 16

static inline word_t slot_word(enum l4_type type, word_t rights, unsigned size_bits, word_t address)
{
	return address << SLOT_ADDRESS_SHIFT | (word_t)size_bits << SLOT_SIZE_SHIFT | rights << SLOT_RIGHTS_SHIFT | type;
}

static inline enum l4_type slot_type(const struct slot *slot)
{
	return (enum l4_type)(slot->word & SLOT_TYPE_MASK);
}

static inline word_t slot_rights(const struct slot *slot)
{
	return (slot->word & SLOT_RIGHTS_MASK) >> SLOT_RIGHTS_SHIFT;
}

static inline bool slot_has_rights(const struct slot *slot, word_t rights)
{
	return (slot_rights(slot) & rights) == rights;
}

static inline unsigned slot_size_bits(const struct slot *slot)
{
	return (slot->word & SLOT_SIZE_MASK) >> SLOT_SIZE_SHIFT;
}

static inline bool slot_is_original(const struct slot *slot)
{
	return slot->word & SLOT_ORIGINAL;
}

static inline word_t slot_address(const struct slot *slot)
{
	return (word_t)((int64_t)slot->word >> SLOT_ADDRESS_SHIFT);
}

static inline void *slot_object(const struct slot *slot)
{
	return (void *)slot_address(slot);
}

static inline bool slot_is_empty(const struct slot *slot)
{
	return slot->word == 0;
}

/* The object behind a slot that may be empty. */
static inline void *slot_object_or_null(const struct slot *slot)
{
	return slot_is_empty(slot) ? NULL : slot_object(slot);
}

/* Makes `slot` an empty slot of an object that is told when it loses its capability (slot_holder_lost). */
void slot_init(struct slot *slot, enum l4_holder holder, unsigned which);

/* The parent of all initial capabilities: the root of the derivation. No capability itself. */
extern struct slot slot_origin;

/* Counts all changes of capabilities and of mappings: whoever has seen one number twice has seen one state. */
extern word_t slot_changes;

/* Whether `source` may have one more generation below it. */
static inline bool slot_can_derive(const struct slot *source)
{
	return source->depth < L4_DERIVATION_DEPTH_MAX;
}

/*
 * Fills the empty `slot` with `word` as a child of `parent`.
 * Precondition: slot_can_derive(parent). Badge and extra words start at 0.
 */
void slot_insert_child(struct slot *parent, struct slot *slot, word_t word);

/* Copies type, object, badge and those rights that are in `rights` from `source` to the empty `slot`, as its child. */
void slot_derive(struct slot *source, struct slot *slot, word_t rights);

/* Moves a capability with its place in the derivation. Precondition: `to` is empty. The holder of `from` is not told. */
void slot_move(struct slot *from, struct slot *to);

/* Exchanges two slots, either of which may be empty. Holders are not told. */
void slot_exchange(struct slot *a, struct slot *b);

/* Whether capabilities of this type may be copied. */
bool slot_may_copy(const struct slot *slot);

/*
 * Deletes all descendants / all descendants and the capability itself, in bounded pieces.
 * False: interrupts wait; call again to go on.
 */
bool MUST_CHECK slot_revoke(struct slot *slot);
bool MUST_CHECK slot_delete(struct slot *slot);

/*
 * The tombs of cnodes whose destruction has begun form rings through extra (next) and extra2 (previous) of the tomb slots; badge is the first slot that
 * is not emptied yet. The thread that began the work finds them in its ring; everybody who revokes an ancestor finds them in the derivation tree.
 */
void dying_ring_init(struct slot *head);

/* Goes on with the destruction of the cnodes in a ring. False: interrupts wait. */
bool MUST_CHECK dying_ring_drain(struct slot *head);

/* A dying thread's unfinished work becomes the calling thread's or, if that is the one that dies, waits in the tree for whoever revokes. */
void dying_ring_bequeath(struct slot *head);

/* Deletes a capability without children whose object, if it is the original, is destroyed in one piece (not a cnode, no waiting threads). */
void slot_delete_leaf(struct slot *slot);
