/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Untyped memory. In its slot: badge is the watermark (bytes from the start that are handed out), extra the clear mark, extra2 the kind.
 * Invariant: the bytes from the watermark to the clear mark are zero, if the mark is above.
 */
#include <kernel/arch.h>
#include <kernel/dispatch.h>
#include <kernel/object.h>

struct retype_plan {
	unsigned size_bits; /* of each object */
	word_t start;       /* bytes from the start of the untyped */
	word_t end;
	struct slot *slots;
	bool clear;
};

static word_t untyped_watermark(const struct slot *untyped)
{
	return untyped->child ? untyped->badge : 0;
}

static status_t decode_kind(const struct slot *untyped, word_t type)
{
	bool object_memory = untyped->extra2 == L4_MEMORY_OBJECT;
	if (type != L4_TYPE_UNTYPED && object_memory == object_is_user_memory(type))
		return L4_INVALID_ARGUMENT;
	return L4_OK;
}

static status_t decode_slots(const struct untyped_retype_args *args, struct slot **slots)
{
	if (args->count == 0 || args->count > L4_RETYPE_COUNT_MAX)
		return L4_INVALID_ARGUMENT;
	word_t room = args->cnode->badge;
	if (args->index >= room || args->count > room - args->index)
		return L4_INVALID_ARGUMENT;
	*slots = (struct slot *)slot_object(args->cnode) + args->index;
	for (word_t i = 0; i < args->count; i++) {
		if (!slot_is_empty(*slots + i))
			return L4_OCCUPIED;
	}
	return L4_OK;
}

static status_t decode_retype(const struct slot *untyped, const struct untyped_retype_args *args, struct retype_plan *plan)
{
	plan->size_bits = object_size_bits(args->type, args->size_bits);
	if (!plan->size_bits || (untyped->extra2 != L4_MEMORY_OBJECT && plan->size_bits < L4_PAGE_BITS))
		return L4_INVALID_ARGUMENT;
	if (!object_is_supported(args->type))
		return L4_UNSUPPORTED;
	status_t status = decode_kind(untyped, args->type);
	if (status == L4_OK)
		status = decode_slots(args, &plan->slots);
	if (status != L4_OK)
		return status;
	if (!slot_can_derive(untyped))
		return L4_TOO_DEEP;
	word_t size = 1UL << slot_size_bits(untyped);
	if (plan->size_bits > slot_size_bits(untyped))
		return L4_OUT_OF_MEMORY;
	plan->start = align_up(untyped_watermark(untyped), plan->size_bits);
	if (plan->start > size || args->count > (size - plan->start) >> plan->size_bits)
		return L4_OUT_OF_MEMORY;
	plan->end = plan->start + (args->count << plan->size_bits);
	plan->clear = args->type != L4_TYPE_UNTYPED && untyped->extra2 != L4_MEMORY_DEVICE;
	return L4_OK;
}

/* At most a page, so that the caller can look for interrupts. */
static void clear_piece(struct slot *untyped, word_t end)
{
	paddr_t paddr = slot_address(untyped) + untyped->extra;
	word_t size = end - untyped->extra;
	if (size > PAGE_SIZE)
		size = PAGE_SIZE;
	if (untyped->extra2 == L4_MEMORY_USER)
		arch_window_clear(paddr);
	else
		__builtin_memset(arch_object_pointer(paddr), 0, size);
	untyped->extra += size;
}

static bool clear(struct slot *untyped, const struct retype_plan *plan)
{
	/* What alignment leaves out is not cleared. It is behind the watermark from here on, as this call may end before it has made anything. */
	if (untyped->extra < plan->start)
		untyped->badge = untyped->extra = plan->start;
	while (untyped->extra < plan->end) {
		clear_piece(untyped, plan->end);
		if (arch_interrupt_pending())
			return false;
	}
	return true;
}

/* One object can take long to make, so the caller looks for interrupts after each. */
static void create_next(struct slot *untyped, struct retype_plan *plan, word_t type)
{
	word_t start = plan->start;
	plan->start += 1UL << plan->size_bits;
	untyped->badge = plan->start;
	if (untyped->extra < plan->start)
		untyped->extra = plan->start;
	object_create(untyped, plan->slots++, type, plan->size_bits, slot_address(untyped) + start);
}

/* Interrupted, it goes on with those that are left. */
status_t untyped_retype(struct invocation *inv, const struct untyped_retype_args *args)
{
	struct slot *untyped = inv->target;
	struct retype_plan plan;
	status_t status = decode_retype(untyped, args, &plan);
	if (status != L4_OK)
		return status;
	if (!untyped->child && untyped->badge)
		untyped->badge = untyped->extra = 0;
	if (plan.clear && !clear(untyped, &plan))
		return STATUS_RESTART;
	for (word_t made = 1;; made++) {
		create_next(untyped, &plan, args->type);
		if (made == args->count)
			return L4_OK;
		if (arch_interrupt_pending()) {
			invocation_set_word(inv, UNTYPED_RETYPE_WORD_INDEX, args->index + made);
			invocation_set_word(inv, UNTYPED_RETYPE_WORD_COUNT, args->count - made);
			return STATUS_RESTART;
		}
	}
}

status_t untyped_info(struct invocation *inv)
{
	invocation_result(inv, 0, slot_size_bits(inv->target));
	invocation_result(inv, 1, untyped_watermark(inv->target));
	invocation_result(inv, 2, inv->target->extra2);
	return L4_OK;
}
