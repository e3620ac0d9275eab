/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inspector tells its holder of all capabilities and mappings, and gives no power over any. There is one walk for all holders. It ends with
 * the first change of a capability or a mapping: what was told from its beginning to its end was all there at one time.
 */
#include <kernel/arch.h>
#include <kernel/device.h>
#include <kernel/dispatch.h>
#include <kernel/identity.h>
#include <kernel/vspace.h>
#include <kernel/walk.h>

#define ENTRIES_A_CALL 64

static struct walk walk;
static word_t changes_at_start;

static bool stands(void)
{
	return walk.standing && changes_at_start == slot_changes;
}

static word_t value(const struct slot *slot)
{
	enum l4_type type = slot_type(slot);
	if (type == L4_TYPE_UNTYPED)
		return slot->extra2;
	return type == L4_TYPE_FRAME || type == L4_TYPE_PAGE_TABLE || slot->held == L4_HOLDER_TOMB ? 0 : slot->badge;
}

static word_t place(const struct slot *slot)
{
	return slot->held == L4_HOLDER_IRQ ? irq_slot_line(slot) : arch_object_paddr(slot);
}

status_t inspector_next(struct invocation *inv, const struct inspector_next_args *args)
{
	if (args->first) {
		walk.standing = false;
		changes_at_start = slot_changes;
	} else if (!stands()) {
		return L4_BAD_STATE;
	}
	if (!walk_next(&walk)) {
		invocation_result(inv, 0, L4_TYPE_NULL);
		return L4_OK;
	}
	const struct slot *slot = walk.path[walk.depth];
	invocation_result(inv, 0, slot_type(slot));
	invocation_result(inv, 1, slot_rights(slot));
	invocation_result(inv, 2, slot_size_bits(slot));
	invocation_result(inv, 3, slot->depth);
	invocation_result(inv, 4, slot_identity(slot));
	invocation_result(inv, 5, value(slot));
	invocation_result(inv, 6, slot->held | (word_t)slot->holder_slot << L4_HOLDER_SLOT_SHIFT);
	invocation_result(inv, 7, place(slot));
	return L4_OK;
}

struct run {
	vaddr_t start;
	paddr_t paddr;
	word_t size;
	word_t rights;
};

/* Adds the page that an entry maps; false where it does not continue the run. */
static bool run_add(struct run *run, vaddr_t vaddr, paddr_t paddr, word_t size, word_t rights)
{
	if (run->size && (paddr != run->paddr + run->size || rights != run->rights))
		return false;
	if (!run->size)
		*run = (struct run){.start = vaddr, .paddr = paddr, .rights = rights};
	run->size += size;
	return true;
}

/* Adds what lies one after another from `vaddr` on; gives where it ends, or the search does. */
static vaddr_t find_run(struct vspace *space, vaddr_t vaddr, vaddr_t end, struct run *run)
{
	for (unsigned n = 0; n < ENTRIES_A_CALL && vaddr < end; n++) {
		unsigned level;
		const pte_t *entry = vspace_walk(space, vaddr, 0, &level);
		if (!entry)
			entry = vspace_walk(space, vaddr, level, &level);
		word_t size = 1UL << (L4_PAGE_BITS + TABLE_BITS * level);
		vaddr &= ~(size - 1);
		if (pte_is_present(*entry) ? !run_add(run, vaddr, pte_paddr(*entry), size, pte_rights(*entry, space->stage)) : run->size != 0)
			break;
		vaddr += size;
	}
	return vaddr;
}

status_t inspector_mapping(struct invocation *inv, const struct inspector_mapping_args *args)
{
	if (!stands() || slot_type(walk.path[walk.depth]) != L4_TYPE_VSPACE)
		return L4_BAD_STATE;
	struct vspace *space = slot_object(walk.path[walk.depth]);
	struct run run = {0};
	vaddr_t end = arch_space_end(space->stage), next = find_run(space, args->vaddr, end, &run);
	invocation_result(inv, 0, run.start);
	invocation_result(inv, 1, run.size);
	invocation_result(inv, 2, run.paddr);
	invocation_result(inv, 3, run.rights);
	invocation_result(inv, 4, next < end ? next : 0);
	return L4_OK;
}
