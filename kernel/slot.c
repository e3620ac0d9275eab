/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/object.h>
#include <kernel/print.h>
#include <kernel/slot.h>
#include <kernel/touched.h>

static const struct slot empty_slot;

void slot_init(struct slot *slot, enum l4_holder holder, unsigned which)
{
	*slot = empty_slot;
	slot->held = holder;
	slot->holder_slot = which;
}

struct slot slot_origin = {.word = L4_TYPE_SYSTEM};
word_t slot_changes;

void slot_insert_child(struct slot *parent, struct slot *slot, word_t word)
{
	KERNEL_ASSERT(slot_is_empty(slot) && slot_can_derive(parent), slot->word);
	slot_changes++;
	slot->word = word;
	slot->badge = slot->extra = slot->extra2 = 0;
	slot->child = NULL;
	slot->depth = parent->depth + 1;
	slot->prev = parent;
	slot->next = parent->child;
	if (slot->next)
		slot->next->prev = slot;
	parent->child = slot;
	touched_slot(parent);
	touched_slot(slot);
}

void slot_derive(struct slot *source, struct slot *slot, word_t rights)
{
	word_t word = source->word & ~SLOT_ORIGINAL & ~(~rights << SLOT_RIGHTS_SHIFT & SLOT_RIGHTS_MASK);
	slot_insert_child(source, slot, word);
	switch (slot_type(source)) {
	case L4_TYPE_CNODE:
	case L4_TYPE_ENDPOINT:
	case L4_TYPE_NOTIFICATION:
	case L4_TYPE_DOMAIN:
	case L4_TYPE_SYSTEM:
	case L4_TYPE_IO_PORTS:
		slot->badge = source->badge;
		break;
	default:
		break;
	}
}

/* Empties the slot without telling anybody. Precondition: no children. */
static void slot_unlink(struct slot *slot)
{
	slot_changes++;
	check_forget(slot);
	touched_slot(slot->prev);
	touched_slot(slot->next);
	touched_slot(slot);
	if (slot->prev->child == slot)
		slot->prev->child = slot->next;
	else
		slot->prev->next = slot->next;
	if (slot->next)
		slot->next->prev = slot->prev;
	slot_init(slot, slot->held, slot->holder_slot);
}

void slot_move(struct slot *from, struct slot *to)
{
	slot_changes++;
	check_forget(from);
	enum l4_holder held = to->held;
	unsigned which = to->holder_slot;
	*to = *from;
	to->held = held;
	to->holder_slot = which;
	if (from->prev->child == from)
		from->prev->child = to;
	else
		from->prev->next = to;
	if (to->next)
		to->next->prev = to;
	if (to->child)
		to->child->prev = to;
	slot_init(from, from->held, from->holder_slot);
	touched_moved(from, to);
}

void slot_exchange(struct slot *a, struct slot *b)
{
	struct slot aside = {0};
	if (!slot_is_empty(a))
		slot_move(a, &aside);
	if (!slot_is_empty(b))
		slot_move(b, a);
	if (!slot_is_empty(&aside))
		slot_move(&aside, b);
}

bool slot_may_copy(const struct slot *slot)
{
	switch (slot_type(slot)) {
	case L4_TYPE_UNTYPED:
	case L4_TYPE_REPLY:
	case L4_TYPE_PAGE_TABLE:
		return false;
	default:
		return !slot_is_empty(slot);
	}
}

/* Bounded by L4_DERIVATION_DEPTH_MAX. */
static struct slot *leaf_below(struct slot *slot)
{
	while (slot->child)
		slot = slot->child;
	return slot;
}

/* Empties a leaf whose object needs no more care, and tells its holder. */
static void leaf_clear(struct slot *leaf)
{
	struct slot old = *leaf;
	if (slot_type(leaf) == L4_TYPE_FRAME)
		frame_unmap_slot(leaf);
	else if (slot_type(leaf) == L4_TYPE_PAGE_TABLE)
		page_table_unmap_slot(leaf);
	if (slot_is_original(&old))
		touched_gone(&old);
	slot_unlink(leaf);
	slot_holder_lost(leaf, &old);
}

/* Tombs of which no living thread takes care. */
static struct slot orphans = {.extra = (word_t)&orphans, .extra2 = (word_t)&orphans};

static struct slot *ring_next(const struct slot *slot)
{
	return (struct slot *)slot->extra;
}

static struct slot *ring_prev(const struct slot *slot)
{
	return (struct slot *)slot->extra2;
}

static void ring_link(struct slot *a, struct slot *b)
{
	a->extra = (word_t)b;
	b->extra2 = (word_t)a;
}

void dying_ring_init(struct slot *head)
{
	ring_link(head, head);
}

/* That of the thread whose call it is; it need not be current any more. */
static struct slot *invoker_ring(void)
{
	struct thread *invoker = cpu_self()->invoker;
	return invoker ? &invoker->dying : &orphans;
}

void dying_ring_bequeath(struct slot *head)
{
	struct slot *heir = invoker_ring();
	if (heir == head)
		heir = &orphans;
	struct slot *first = ring_next(head), *last = ring_prev(head);
	if (first == head)
		return;
	struct slot *end = ring_prev(heir);
	ring_link(end, first);
	ring_link(last, heir);
	dying_ring_init(head);
}

/* Takes the original capability of a cnode to its tomb, for destruction in pieces. */
static void cnode_bury(struct slot *original)
{
	struct slot *ring = invoker_ring();
	struct slot *tomb = cnode_tomb(original);
	slot_init(tomb, L4_HOLDER_TOMB, 0);
	slot_move(original, tomb);
	tomb->badge = 0;
	ring_link(ring_prev(ring), tomb);
	ring_link(tomb, ring);
}

/* Of what is to go and is still in its slot: nobody makes use of it any more, nor joins the threads that wait there. */
static void withdraw_rights(struct slot *slot)
{
	slot_changes++;
	slot->word &= ~SLOT_RIGHTS_MASK;
}

/* One piece of the destruction of what a leaf stands for. Afterwards the leaf is empty, or there is more to do. A tomb is never taken up from within another. */
static void leaf_delete_piece(struct slot *leaf);

#define CNODE_EMPTY_SLOTS_A_PIECE 64

/*
 * A tomb stands below a capability that must go, perhaps one in the dying cnode itself: the untyped that the cnode was made from. The tomb
 * passes over its parent, which goes once no tomb is left below it. Until then it cannot hand out the memory that the tomb guards: it loses its rights.
 */
static void tomb_pass_over_parent(struct slot *tomb)
{
	struct slot *parent = tomb->prev, *ring = invoker_ring();
	withdraw_rights(parent);
	check_forget(tomb);
	parent->child = tomb->next;
	if (tomb->next)
		tomb->next->prev = parent;
	tomb->depth = parent->depth;
	tomb->prev = parent;
	tomb->next = parent->next;
	parent->next = tomb;
	if (tomb->next)
		tomb->next->prev = tomb;
	touched_slot(tomb);
	touched_slot(parent);
	ring_link(ring_prev(tomb), ring_next(tomb));
	ring_link(ring_prev(ring), tomb);
	ring_link(tomb, ring);
	if (!parent->child)
		leaf_clear(parent);
}

static void tomb_piece(struct slot *tomb)
{
	struct slot *slots = slot_object(tomb);
	word_t count = cnode_slots(slot_size_bits(tomb));
	for (unsigned n = 0; n < CNODE_EMPTY_SLOTS_A_PIECE && tomb->badge < count; n++) {
		struct slot *slot = &slots[tomb->badge];
		if (!slot_is_empty(slot)) {
			struct slot *leaf = leaf_below(slot);
			if (leaf->held == L4_HOLDER_TOMB)
				tomb_pass_over_parent(leaf);
			else
				leaf_delete_piece(leaf);
			return;
		}
		tomb->badge++;
	}
	if (tomb->badge < count)
		return;
	ring_link(ring_prev(tomb), ring_next(tomb));
	struct slot old = *tomb;
	slot_unlink(tomb);
	touched_gone(&old);
}

static void leaf_delete_piece(struct slot *leaf)
{
	if (leaf->held == L4_HOLDER_TOMB)
		tomb_piece(leaf);
	else if (slot_is_original(leaf) && slot_type(leaf) == L4_TYPE_CNODE)
		cnode_bury(leaf);
	else if (!slot_is_original(leaf) || object_destroy_piece(leaf))
		leaf_clear(leaf);
	else
		withdraw_rights(leaf);
}

bool dying_ring_drain(struct slot *head)
{
	while (ring_next(head) != head) {
		tomb_piece(ring_next(head));
		if (arch_interrupt_pending())
			return false;
	}
	return true;
}

bool slot_revoke(struct slot *slot)
{
	while (slot->child) {
		leaf_delete_piece(leaf_below(slot));
		if (slot->child && arch_interrupt_pending())
			return false;
	}
	return true;
}

/* What is complete is not begun again: perhaps the capability that it was called with is gone. */
bool slot_delete(struct slot *slot)
{
	while (!slot_is_empty(slot)) {
		leaf_delete_piece(leaf_below(slot));
		if (!slot_is_empty(slot) && arch_interrupt_pending())
			return false;
	}
	return true;
}

void slot_delete_leaf(struct slot *slot)
{
	if (slot_is_empty(slot))
		return;
	KERNEL_ASSERT(!slot->child, slot->word);
	bool done = !slot_is_original(slot) || object_destroy_piece(slot);
	KERNEL_ASSERT(done, slot->word);
	leaf_clear(slot);
}
