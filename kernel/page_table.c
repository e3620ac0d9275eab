/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/dispatch.h>
#include <kernel/mapping.h>
#include <kernel/touched.h>

static paddr_t table_paddr(const struct slot *slot)
{
	return arch_object_paddr(slot_object(slot));
}

void page_table_unmap_slot(struct slot *slot)
{
	struct vspace *space = mapping_space(slot);
	if (space) {
		unsigned found, level = mapping_level(slot);
		pte_t *entry = vspace_walk(space, mapping_vaddr(slot), level, &found);
		if (entry && pte_is_table(*entry, level) && pte_paddr(*entry) == table_paddr(slot)) {
			*entry = 0;
			touched_mapping(space, mapping_vaddr(slot), level, table_paddr(slot), false);
			arch_space_flush_all(space);
		}
	}
	mapping_clear(slot);
}

status_t page_table_map(struct invocation *inv, const struct page_table_map_args *args)
{
	struct slot *table = inv->target;
	struct vspace *space = slot_object(args->vspace);
	unsigned found;
	if (args->vaddr >= arch_space_end(space->stage))
		return L4_INVALID_ARGUMENT;
	if (mapping_space(table))
		return L4_BUSY;
	if (vspace_walk(space, args->vaddr, 0, &found))
		return L4_OCCUPIED;
	pte_t *entry = vspace_walk(space, args->vaddr, found, &found);
	if (pte_is_present(*entry))
		return L4_OCCUPIED;
	/* It may have entries from a space that died with it mapped. */
	__builtin_memset(slot_object(table), 0, PAGE_SIZE);
	*entry = pte_make_table(table_paddr(table));
	mapping_set(table, space, args->vaddr >> (L4_PAGE_BITS + TABLE_BITS * found) << (L4_PAGE_BITS + TABLE_BITS * found), found);
	touched_mapping(space, args->vaddr, found, table_paddr(table), true);
	arch_space_flush_all(space);
	return L4_OK;
}

status_t page_table_unmap(struct invocation *inv)
{
	if (!mapping_space(inv->target))
		return L4_BAD_STATE;
	page_table_unmap_slot(inv->target);
	return L4_OK;
}
