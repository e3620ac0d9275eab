/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames. A capability's mapping can be void although its space lives: the table that held it was unmapped. So an entry is only
 * taken out if it still maps this frame.
 */
#include <kernel/arch.h>
#include <kernel/dispatch.h>
#include <kernel/mapping.h>
#include <kernel/touched.h>

static unsigned frame_level(const struct slot *frame)
{
	return (slot_size_bits(frame) - L4_PAGE_BITS) / TABLE_BITS;
}

static bool entry_maps(const pte_t *entry, const struct slot *frame, unsigned level)
{
	return entry && pte_is_present(*entry) && !pte_is_table(*entry, level) && pte_paddr(*entry) == slot_address(frame);
}

void frame_unmap_slot(struct slot *slot)
{
	struct vspace *space = mapping_space(slot);
	if (space) {
		unsigned found, level = mapping_level(slot);
		pte_t *entry = vspace_walk(space, mapping_vaddr(slot), level, &found);
		if (entry_maps(entry, slot, level)) {
			*entry = 0;
			touched_mapping(space, mapping_vaddr(slot), level, slot_address(slot), false);
			arch_space_flush(space, mapping_vaddr(slot), slot_size_bits(slot));
		}
	}
	mapping_clear(slot);
}

static status_t decode_map(const struct slot *frame, const struct frame_map_args *args, struct vspace *space)
{
	if (args->rights & ~(word_t)(L4_READ | L4_WRITE | L4_EXECUTE) || !arch_rights_are_valid(args->rights, space->stage))
		return L4_INVALID_ARGUMENT;
	if (!slot_has_rights(frame, args->rights))
		return L4_NO_RIGHT;
	if (!vspace_range_is_valid(space, args->vaddr, slot_size_bits(frame)) || frame_level(frame) >= paging[space->stage].page_levels)
		return L4_INVALID_ARGUMENT;
	struct vspace *mapped_in = mapping_space(frame);
	if (mapped_in && (mapped_in != space || mapping_vaddr(frame) != args->vaddr))
		return L4_BUSY;
	return L4_OK;
}

status_t frame_map(struct invocation *inv, const struct frame_map_args *args)
{
	struct slot *frame = inv->target;
	struct vspace *space = slot_object(args->vspace);
	status_t status = decode_map(frame, args, space);
	if (status != L4_OK)
		return status;
	unsigned found, level = frame_level(frame);
	pte_t *entry = vspace_walk(space, args->vaddr, level, &found);
	if (!entry) {
		pte_t *blocking = vspace_walk(space, args->vaddr, found, &found);
		if (pte_is_present(*blocking))
			return L4_OCCUPIED;
		invocation_result(inv, 0, found - 1);
		return L4_MISSING_TABLE;
	}
	bool again = mapping_space(frame) && entry_maps(entry, frame, level);
	if (pte_is_present(*entry) && !again)
		return L4_OCCUPIED;
	*entry = pte_make_page(slot_address(frame), args->rights, space->stage, level);
	mapping_set(frame, space, args->vaddr, level);
	touched_mapping(space, args->vaddr, level, slot_address(frame), true);
	if (args->rights & L4_EXECUTE)
		arch_sync_instructions();
	arch_space_flush(space, args->vaddr, slot_size_bits(frame));
	return L4_OK;
}

status_t frame_unmap(struct invocation *inv)
{
	if (!mapping_space(inv->target))
		return L4_BAD_STATE;
	frame_unmap_slot(inv->target);
	return L4_OK;
}

status_t frame_address(struct invocation *inv)
{
	invocation_result(inv, 0, slot_address(inv->target));
	return L4_OK;
}
