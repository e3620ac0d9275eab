/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/dispatch.h>

static struct slot *cnode_slot(const struct slot *cnode, word_t index)
{
	return index < cnode->badge ? (struct slot *)slot_object(cnode) + index : NULL;
}

static status_t decode_empty(const struct slot *cnode, word_t index, struct slot **slot)
{
	*slot = cnode_slot(cnode, index);
	if (!*slot)
		return L4_INVALID_ARGUMENT;
	return slot_is_empty(*slot) ? L4_OK : L4_OCCUPIED;
}

static status_t decode_source(const struct slot *cnode, word_t index, struct slot **slot)
{
	*slot = cnode_slot(cnode, index);
	if (!*slot)
		return L4_INVALID_ARGUMENT;
	return slot_is_empty(*slot) ? L4_INVALID_CAP : L4_OK;
}

struct transfer {
	struct slot *from;
	struct slot *to;
};

static status_t decode_copy(const struct invocation *inv, word_t index, const struct slot *source, word_t source_index, word_t rights, struct transfer *transfer)
{
	status_t status = decode_empty(inv->target, index, &transfer->to);
	if (status == L4_OK)
		status = decode_source(source, source_index, &transfer->from);
	if (status != L4_OK)
		return status;
	if (rights & ~(word_t)L4_ALL_RIGHTS)
		return L4_INVALID_ARGUMENT;
	if (!slot_may_copy(transfer->from))
		return L4_BAD_OPERATION;
	return slot_can_derive(transfer->from) ? L4_OK : L4_TOO_DEEP;
}

status_t cnode_copy(struct invocation *inv, const struct cnode_copy_args *args)
{
	struct transfer transfer;
	status_t status = decode_copy(inv, args->index, args->source, args->source_index, args->rights, &transfer);
	if (status == L4_OK)
		slot_derive(transfer.from, transfer.to, args->rights);
	return status;
}

static bool is_badged(enum l4_type type)
{
	return type == L4_TYPE_ENDPOINT || type == L4_TYPE_NOTIFICATION || type == L4_TYPE_DOMAIN || type == L4_TYPE_SYSTEM;
}

static bool may_badge(const struct slot *slot)
{
	return is_badged(slot_type(slot)) && slot->badge == 0;
}

status_t cnode_mint(struct invocation *inv, const struct cnode_mint_args *args)
{
	struct transfer transfer;
	status_t status = decode_copy(inv, args->index, args->source, args->source_index, args->rights, &transfer);
	if (status != L4_OK)
		return status;
	if (!may_badge(transfer.from))
		return L4_BAD_OPERATION;
	slot_derive(transfer.from, transfer.to, args->rights);
	transfer.to->badge = args->badge;
	return L4_OK;
}

status_t cnode_move(struct invocation *inv, const struct cnode_move_args *args)
{
	struct transfer transfer;
	status_t status = decode_empty(inv->target, args->index, &transfer.to);
	if (status == L4_OK)
		status = decode_source(args->source, args->source_index, &transfer.from);
	if (status == L4_OK)
		slot_move(transfer.from, transfer.to);
	return status;
}

/* Ends what the caller has begun. A call that has destroyed its caller leaves that to others. */
static bool drain(const struct invocation *inv)
{
	return !cpu_self()->invoker || dying_ring_drain(&inv->thread->dying);
}

/* A restarted delete or revoke first ends what it has begun, also where that was the end of the capability itself that it was about. */
status_t cnode_delete(struct invocation *inv, const struct cnode_delete_args *args)
{
	struct slot *slot = cnode_slot(inv->target, args->index);
	if (!slot)
		return L4_INVALID_ARGUMENT;
	return drain(inv) && slot_delete(slot) && drain(inv) ? L4_OK : STATUS_RESTART;
}

status_t cnode_revoke(struct invocation *inv, const struct cnode_revoke_args *args)
{
	struct slot *slot;
	if (!drain(inv))
		return STATUS_RESTART;
	status_t status = decode_source(inv->target, args->index, &slot);
	if (status != L4_OK)
		return status;
	return slot_revoke(slot) && drain(inv) ? L4_OK : STATUS_RESTART;
}

status_t cnode_identify(struct invocation *inv, const struct cnode_identify_args *args)
{
	const struct slot *slot = cnode_slot(inv->target, args->index);
	if (!slot)
		return L4_INVALID_ARGUMENT;
	enum l4_type type = slot_type(slot);
	invocation_result(inv, 0, type);
	invocation_result(inv, 1, slot_rights(slot));
	invocation_result(inv, 2, is_badged(type) ? slot->badge : 0);
	invocation_result(inv, 3, slot_size_bits(slot));
	invocation_result(inv, 4, slot->child != NULL);
	return L4_OK;
}
