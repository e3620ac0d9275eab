/* SPDX-License-Identifier: BSD-2-Clause */
/* Doorbells: the list of a guest's second-stage space is short (L4_DOORBELLS_MAX), so that looking one up is bounded. */
#include <kernel/arch.h>
#include <kernel/dispatch.h>
#include <kernel/ipc.h>

enum { DOORBELL_SLOT_SPACE, DOORBELL_SLOT_NOTIFICATION };

void doorbell_init(struct doorbell *doorbell)
{
	slot_init(&doorbell->space, L4_HOLDER_DOORBELL, DOORBELL_SLOT_SPACE);
	slot_init(&doorbell->notification, L4_HOLDER_DOORBELL, DOORBELL_SLOT_NOTIFICATION);
}

static void unlink_from(struct doorbell *doorbell, struct vspace *space)
{
	for (struct doorbell **at = &space->doorbells; *at; at = &(*at)->next) {
		if (*at == doorbell) {
			*at = doorbell->next;
			space->doorbell_count--;
			return;
		}
	}
}

/* A space that dies loses its doorbells first: their capabilities to it are derived from its own. */
void doorbell_slot_lost(struct slot *slot, const struct slot *old)
{
	if (slot->holder_slot == DOORBELL_SLOT_SPACE)
		unlink_from(container_of(slot, struct doorbell, space), slot_object(old));
}

static struct doorbell *find(struct vspace *space, vaddr_t gpa, uint64_t size)
{
	for (struct doorbell *doorbell = space->doorbells; doorbell; doorbell = doorbell->next) {
		if (gpa < doorbell->gpa + doorbell->size && doorbell->gpa < gpa + size)
			return doorbell;
	}
	return NULL;
}

bool doorbell_ring(struct vspace *space, vaddr_t gpa)
{
	struct doorbell *doorbell = space->doorbells ? find(space, gpa, 1) : NULL;
	if (doorbell)
		notification_signal_slot(&doorbell->notification);
	return doorbell;
}

static status_t decode(const struct doorbell_configure_args *args, struct vspace *space)
{
	bool one_page = args->size && args->size <= PAGE_SIZE && args->gpa >> L4_PAGE_BITS == (args->gpa + args->size - 1) >> L4_PAGE_BITS;
	if (space->stage != STAGE_GUEST || !one_page || !arch_doorbell_is_possible(args->gpa))
		return L4_INVALID_ARGUMENT;
	if (find(space, args->gpa, args->size))
		return L4_OCCUPIED;
	if (space->doorbell_count == L4_DOORBELLS_MAX)
		return L4_OUT_OF_MEMORY;
	return slot_can_derive(args->vspace) && slot_can_derive(args->notification) ? L4_OK : L4_TOO_DEEP;
}

status_t doorbell_configure(struct invocation *inv, const struct doorbell_configure_args *args)
{
	struct doorbell *doorbell = slot_object(inv->target);
	struct vspace *space = slot_object(args->vspace);
	if (!slot_is_empty(&doorbell->space))
		return L4_BUSY;
	status_t status = decode(args, space);
	if (status != L4_OK)
		return status;
	slot_delete_leaf(&doorbell->notification);
	slot_derive(args->vspace, &doorbell->space, L4_ALL_RIGHTS);
	slot_derive(args->notification, &doorbell->notification, L4_ALL_RIGHTS);
	doorbell->gpa = args->gpa;
	doorbell->size = args->size;
	doorbell->next = space->doorbells;
	space->doorbells = doorbell;
	space->doorbell_count++;
	return L4_OK;
}
