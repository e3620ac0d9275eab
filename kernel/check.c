/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks what the headers promise: at each exit all that the entry touched (touched.h), and whatever nobody has touched a few capabilities at a
 * time, in a walk through the derivation tree that starts over at its end. The path from the origin to where the walk stands is kept; whenever a
 * slot on it changes, it starts over.
 */
#include <kernel/arch.h>
#include <kernel/check.h>
#include <kernel/check_rules.h>
#include <kernel/mapping.h>
#include <kernel/object.h>
#include <kernel/touched.h>
#include <kernel/walk.h>

#define CAPABILITIES_A_STEP 2
#define SIBLINGS_CHECKED 8

static struct walk rolling;

void check_forget(const struct slot *slot)
{
	if (rolling.standing && slot->depth <= rolling.depth && rolling.path[slot->depth] == slot)
		rolling.standing = false;
}

static void check_thread(struct thread *thread)
{
	check_thread_links(thread);
	bool may_be_direct = thread->state == L4_THREAD_RECEIVING || thread->state == L4_THREAD_WAITING_REPLY;
	KERNEL_ASSERT(!may_be_direct || thread->direct_priority == thread_direct_priority(thread), thread);
	for (unsigned i = 0; i < L4_BIND_COUNT; i++)
		KERNEL_ASSERT(thread->slots[i].held == L4_HOLDER_THREAD && thread->slots[i].holder_slot == i, thread);
}

static void check_original(const struct slot *slot)
{
	void *object = slot_object(slot);
	switch (slot_type(slot)) {
	case L4_TYPE_THREAD:
		check_thread(object);
		break;
	case L4_TYPE_ENDPOINT: {
		struct endpoint *endpoint = object;
		check_queue(&endpoint->senders);
		check_queue(&endpoint->receivers);
		KERNEL_ASSERT(!endpoint->senders.head || !endpoint->receivers.head, slot);
		break;
	}
	case L4_TYPE_NOTIFICATION:
		check_queue(&((struct notification *)object)->waiters);
		KERNEL_ASSERT(!((struct notification *)object)->bits || !((struct notification *)object)->waiters.head, slot);
		break;
	case L4_TYPE_REPLY: {
		struct reply *reply = object;
		KERNEL_ASSERT(!reply->caller || (reply->caller->state == L4_THREAD_WAITING_REPLY && reply->caller->waiting_on == reply), slot);
		KERNEL_ASSERT(reply->caller || !reply->granted, slot);
		KERNEL_ASSERT(!reply->borrower || reply->borrower->borrowed == reply, slot);
		break;
	}
	case L4_TYPE_SCHED_CONTEXT: {
		struct sched_context *sc = object;
		KERNEL_ASSERT(!sc->runner || sc->runner->time == sc, slot);
		KERNEL_ASSERT(sc->waiting == sc->replenishment.queued, slot);
		KERNEL_ASSERT(!sc->waiting || sc->replenishment.when == sched_context_next_refill(sc), slot);
		KERNEL_ASSERT(sc->count <= L4_REFILLS_MAX, slot);
		break;
	}
	default:
		break;
	}
}

/*
 * A mapped frame is in the page table with rights that a space may have, or its table is gone. Not with its own rights at most: where the table went and came
 * back, the entry may be that of another capability to the same frame.
 */
static void check_mapping(const struct slot *slot)
{
	struct vspace *space = slot_type(slot) == L4_TYPE_FRAME ? mapping_space(slot) : NULL;
	if (!space)
		return;
	unsigned found, level = mapping_level(slot);
	const pte_t *entry = vspace_walk(space, mapping_vaddr(slot), level, &found);
	if (!entry || !pte_is_present(*entry) || pte_is_table(*entry, level) || pte_paddr(*entry) != slot_address(slot))
		return;
	KERNEL_ASSERT(arch_rights_are_valid(pte_rights(*entry, space->stage), space->stage), slot);
}

static word_t physical_address(const struct slot *slot)
{
	enum l4_type type = slot_type(slot);
	if (type == L4_TYPE_UNTYPED || type == L4_TYPE_FRAME)
		return slot_address(slot);
	return arch_object_paddr(slot_object(slot));
}

static bool is_made_of(const struct slot *slot, const struct slot *untyped)
{
	paddr_t start = slot_address(untyped), at = physical_address(slot);
	return at >= start && at < start + untyped->badge;
}

static void check_derivation(const struct slot *slot, const struct slot *parent)
{
	KERNEL_ASSERT(slot->depth == parent->depth + 1 && slot->depth <= L4_DERIVATION_DEPTH_MAX, slot);
	KERNEL_ASSERT(!slot_is_empty(slot) && slot_type(slot) < L4_TYPE_TYPES, slot);
	KERNEL_ASSERT(!slot->next || slot->next->prev == slot, slot);
	KERNEL_ASSERT(!slot->child || slot->child->prev == slot, slot);
	if (parent == &slot_origin)
		return;
	if (!slot_is_original(slot)) {
		KERNEL_ASSERT(slot_type(slot) == slot_type(parent) && slot_address(slot) == slot_address(parent), slot);
		KERNEL_ASSERT(!(slot_rights(slot) & ~slot_rights(parent)), slot);
	} else if (slot_type(slot) == L4_TYPE_IO_PORTS) {
		KERNEL_ASSERT(slot_type(parent) == L4_TYPE_IO_PORT_CONTROL, slot);
	} else if (slot_type(slot) == L4_TYPE_IRQ_HANDLER) {
		KERNEL_ASSERT(slot_type(parent) == L4_TYPE_IRQ_CONTROL, slot);
	} else {
		KERNEL_ASSERT(slot_type(parent) == L4_TYPE_UNTYPED && is_made_of(slot, parent), slot);
	}
}

static void check_slot(const struct slot *slot, const struct slot *parent)
{
	check_derivation(slot, parent);
	check_mapping(slot);
	if (slot_is_original(slot) && slot->held != L4_HOLDER_TOMB)
		check_original(slot);
}

static bool check_next(struct walk *walk)
{
	if (!walk_next(walk))
		return false;
	check_slot(walk->path[walk->depth], walk->path[walk->depth - 1]);
	return true;
}

/* --- What was touched --- */

struct touched touched;

struct touched_mapping {
	word_t space, generation;
	vaddr_t vaddr;
	unsigned level;
	paddr_t paddr;
	bool present;
};

#define MAPPINGS_MAX 16

static struct touched_mapping mappings[MAPPINGS_MAX];
static unsigned mapping_count;

static void check_touched_mapping(const struct touched_mapping *mapping)
{
	struct vspace *space = vspace_find(mapping->space, mapping->generation);
	if (!space)
		return;
	unsigned found;
	const pte_t *entry = vspace_walk(space, mapping->vaddr, mapping->level, &found);
	bool present = entry && pte_is_present(*entry) && pte_paddr(*entry) == mapping->paddr;
	KERNEL_ASSERT(present == mapping->present, mapping->vaddr);
}

static void check_mappings(void)
{
	for (unsigned i = 0; i < mapping_count; i++)
		check_touched_mapping(&mappings[i]);
	mapping_count = 0;
}

void touched_mapping(const struct vspace *space, vaddr_t vaddr, unsigned level, paddr_t paddr, bool present)
{
	if (mapping_count == MAPPINGS_MAX)
		check_mappings();
	mappings[mapping_count++] = (struct touched_mapping){space->number, vspace_generation(space), vaddr, level, paddr, present};
}

/* The links to and from a slot, as far as they can be seen from it. */
static void check_links(const struct slot *slot)
{
	if (slot_is_empty(slot)) {
		KERNEL_ASSERT(!slot->child && !slot->next && !slot->prev, slot);
		return;
	}
	KERNEL_ASSERT(!slot->next || (slot->next->prev == slot && slot->next->depth == slot->depth), slot);
	KERNEL_ASSERT(!slot->child || (slot->child->prev == slot && slot->child->depth == slot->depth + 1), slot);
	if (slot == &slot_origin)
		return;
	bool is_first = slot->prev->child == slot;
	KERNEL_ASSERT(is_first || slot->prev->next == slot, slot);
	KERNEL_ASSERT(slot->depth == slot->prev->depth + is_first, slot);
}

/* Null where it is too far away among the siblings. */
static const struct slot *parent_of(const struct slot *slot)
{
	for (unsigned n = 0; n < SIBLINGS_CHECKED; n++) {
		if (slot->prev->child == slot)
			return slot->prev;
		slot = slot->prev;
	}
	return NULL;
}

static void check_touched_slot(const struct slot *slot)
{
	check_links(slot);
	if (slot_is_empty(slot) || slot == &slot_origin)
		return;
	const struct slot *parent = parent_of(slot);
	if (parent)
		check_slot(slot, parent);
}

/* In the middle of an operation: slots are always in order between two of its steps, but not the objects behind them. */
static void check_touched(const struct touched_list *list, unsigned count, bool at_exit)
{
	for (unsigned i = 0; i < count; i++) {
		if (list == &touched.threads)
			check_thread((struct thread *)list->entry[i]);
		else if (list == &touched.queues)
			check_queue(list->entry[i]);
		else if (at_exit)
			check_touched_slot(list->entry[i]);
		else
			check_links(list->entry[i]);
	}
}

static void check_all_touched(void)
{
	struct touched_list *lists[] = {&touched.slots, &touched.threads, &touched.queues};
	for (unsigned i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		check_touched(lists[i], lists[i]->count, true);
		lists[i]->count = 0;
	}
	check_mappings();
}

void touched_spill(struct touched_list *list)
{
	unsigned half = TOUCHED_MAX / 2;
	check_touched(list, half, false);
	__builtin_memmove(list->entry, list->entry + half, (TOUCHED_MAX - half) * sizeof(*list->entry));
	list->count = TOUCHED_MAX - half;
}

void touched_moved(const struct slot *from, const struct slot *to)
{
	for (unsigned i = 0; i < touched.slots.count; i++) {
		if (touched.slots.entry[i] == from)
			touched.slots.entry[i] = to;
	}
	touched_slot(to);
}

static void forget_within(struct touched_list *list, const char *start, size_t size)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < list->count; i++) {
		const char *at = list->entry[i];
		if (at < start || at >= start + size)
			list->entry[kept++] = at;
	}
	list->count = kept;
}

void touched_gone(const struct slot *original)
{
	enum l4_type type = slot_type(original);
	if (!slot_size_bits(original) || type == L4_TYPE_UNTYPED || type == L4_TYPE_FRAME)
		return; /* nothing of the kernel's */
	size_t size = 1UL << slot_size_bits(original);
	const char *start = (const char *)(slot_address(original) & ~(size - 1));
	forget_within(&touched.slots, start, size);
	forget_within(&touched.threads, start, size);
	forget_within(&touched.queues, start, size);
}

void check_step(void)
{
	check_processor(cpu_self());
	check_all_touched();
	for (unsigned n = 0; n < CAPABILITIES_A_STEP; n++)
		check_next(&rolling);
}

status_t check_all(word_t *capabilities)
{
	static struct walk all;
	all.standing = false;
	*capabilities = 0;
	while (check_next(&all))
		++*capabilities;
	return L4_OK;
}
