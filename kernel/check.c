/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks the derivation tree, a few capabilities at every kernel exit and starting over at its end, and checks what the headers promise.
 * The path from the origin to where it stands is kept; whenever a slot on it changes, the walk starts over.
 */
#include <kernel/arch.h>
#include <kernel/check.h>
#include <kernel/ipc.h>
#include <kernel/mapping.h>
#include <kernel/object.h>
#include <kernel/print.h>
#include <kernel/sched.h>

#define CAPABILITIES_A_STEP 4
#define QUEUE_CHECKED 8

struct walk {
	const struct slot *path[L4_DERIVATION_DEPTH_MAX + 2]; /* path[0] is the origin */
	unsigned depth;
	bool standing; /* false: starts at the origin */
};

static struct walk rolling;

void check_forget(const struct slot *slot)
{
	if (rolling.standing && slot->depth <= rolling.depth && rolling.path[slot->depth] == slot)
		rolling.standing = false;
}

static void check_queue(const struct thread_queue *queue, const struct slot *slot)
{
	const struct thread *previous = NULL, *thread = queue->head;
	for (unsigned n = 0; n < QUEUE_CHECKED && thread; n++) {
		KERNEL_ASSERT(thread->queue == queue && thread->queue_prev == previous, slot);
		KERNEL_ASSERT(!thread->ready_next && thread->state != L4_THREAD_READY, slot);
		previous = thread;
		thread = thread->queue_next;
	}
	KERNEL_ASSERT(!queue->head == !queue->tail, slot);
}

static void check_thread(struct thread *thread)
{
	KERNEL_ASSERT(!thread->time || thread->time->runner == thread, thread);
	KERNEL_ASSERT(!thread->ready_next || (thread->state == L4_THREAD_READY && thread->time), thread);
	KERNEL_ASSERT(!thread->borrowed || thread->borrowed->borrower == thread, thread);
	KERNEL_ASSERT(thread->state != L4_THREAD_WAITING_REPLY || thread->waiting_on->caller == thread, thread);
	bool queued = thread->state >= L4_THREAD_SENDING && thread->state <= L4_THREAD_WAITING_NOTIFICATION;
	KERNEL_ASSERT(queued == (thread->queue != NULL), thread);
	int64_t direct = thread->direct_priority;
	thread_update_direct(thread);
	KERNEL_ASSERT(direct == thread->direct_priority, thread);
	for (unsigned i = 0; i < L4_BIND_COUNT; i++)
		KERNEL_ASSERT(thread->slots[i].held == HELD_BY_THREAD && thread->slots[i].holder_slot == i, thread);
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
		check_queue(&endpoint->senders, slot);
		check_queue(&endpoint->receivers, slot);
		KERNEL_ASSERT(!endpoint->senders.head || !endpoint->receivers.head, slot);
		break;
	}
	case L4_TYPE_NOTIFICATION:
		check_queue(&((struct notification *)object)->waiters, slot);
		KERNEL_ASSERT(!((struct notification *)object)->bits || !((struct notification *)object)->waiters.head, slot);
		break;
	case L4_TYPE_REPLY: {
		struct reply *reply = object;
		KERNEL_ASSERT(!reply->caller || (reply->caller->state == L4_THREAD_WAITING_REPLY && reply->caller->waiting_on == reply), slot);
		KERNEL_ASSERT(!reply->borrower || reply->borrower->borrowed == reply, slot);
		break;
	}
	case L4_TYPE_SCHED_CONTEXT: {
		struct sched_context *sc = object;
		KERNEL_ASSERT(!sc->runner || sc->runner->time == sc, slot);
		KERNEL_ASSERT(sc->waiting == sc->replenishment.queued, slot);
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
	if (slot_is_original(slot) && slot->held != HELD_BY_TOMB)
		check_original(slot);
}

/* To the next slot in the order of the tree: children, then siblings, then the siblings of ancestors. False at the end. */
static bool advance(struct walk *walk)
{
	const struct slot *at = walk->path[walk->depth];
	if (at->child) {
		walk->path[++walk->depth] = at->child;
		return true;
	}
	while (walk->depth) {
		at = walk->path[walk->depth];
		if (at->next) {
			walk->path[walk->depth] = at->next;
			return true;
		}
		walk->depth--;
	}
	return false;
}

static bool check_next(struct walk *walk)
{
	if (!walk->standing) {
		walk->path[0] = &slot_origin;
		walk->depth = 0;
		walk->standing = true;
	}
	if (!advance(walk)) {
		walk->standing = false;
		return false;
	}
	check_slot(walk->path[walk->depth], walk->path[walk->depth - 1]);
	return true;
}

static void check_processor(const struct cpu *cpu)
{
	const struct thread *current = cpu->current;
	KERNEL_ASSERT(!current || (current->state == L4_THREAD_READY && !current->ready_next && current->time), current);
	int64_t highest = PRIORITY_NONE;
	for (int64_t i = 0; i < L4_PRIORITIES / 64; i++) {
		if (cpu->domain->ready_bits[i])
			highest = i * 64 + 63 - __builtin_clzl(cpu->domain->ready_bits[i]);
	}
	KERNEL_ASSERT(highest == cpu->highest_ready, highest);
	const struct thread *first = highest < 0 ? NULL : cpu->domain->ready[highest];
	KERNEL_ASSERT(highest < 0 || (first && first->priority == highest && first->ready_prev->ready_next == first), first);
	KERNEL_ASSERT(!current || current->priority >= highest, current);
	KERNEL_ASSERT(cpu->charging == (current ? current->time : NULL), current);
}

void check_step(void)
{
	check_processor(cpu_self());
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
