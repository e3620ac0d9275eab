/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/space.h>

#include <l4/stubs.h>

l4_status_t l4_space_new(struct l4_space *space, l4_word_t type, struct l4_objects *objects)
{
	space->objects = objects;
	return l4_object_new(objects, type, &space->vspace);
}

/* Adds the topmost page table that is missing on the way to `vaddr`. */
static l4_status_t add_table(const struct l4_space *space, l4_word_t vaddr)
{
	l4_cap_t table;
	l4_status_t status = l4_object_new(space->objects, L4_TYPE_PAGE_TABLE, &table);

	if (status != L4_OK)
		return status;
	status = l4_page_table_map(table, space->vspace, vaddr);
	if (status != L4_OK)
		l4_objects_free(space->objects, table);
	return status;
}

/* The loop ends: each round adds a table on the one path to `vaddr`, which has a fixed number of levels. */
l4_status_t l4_space_map(const struct l4_space *space, l4_cap_t frame, l4_word_t vaddr, l4_word_t rights)
{
	for (;;) {
		l4_status_t status = l4_frame_map(frame, space->vspace, vaddr, rights, NULL);

		if (status != L4_MISSING_TABLE)
			return status;
		status = add_table(space, vaddr);
		if (status != L4_OK)
			return status;
	}
}

l4_status_t l4_space_map_buffer(const struct l4_space *space, l4_cap_t thread, l4_word_t vaddr)
{
	for (;;) {
		l4_status_t status = l4_thread_map_buffer(thread, vaddr);

		if (status != L4_MISSING_TABLE)
			return status;
		status = add_table(space, vaddr);
		if (status != L4_OK)
			return status;
	}
}
