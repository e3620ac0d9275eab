/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <arch/paging.h>
#include <kernel/slot.h>

struct doorbell;

enum vspace_stage { STAGE_PROCESS, STAGE_GUEST, STAGES };

/*
 * A space: its root table, then this, in one object. `generation` is that of the object's page in space_generations[] while the space lives;
 * a mapping that remembers another generation belongs to a predecessor and is void.
 */
struct vspace {
	struct arch_vspace arch;
	pte_t *root;
	enum vspace_stage stage;
	word_t number;
	struct doorbell *doorbells;
	unsigned doorbell_count;
};

/* A process's: root in the first page. A guest's: the root takes the first four pages. The struct follows. */
#define VSPACE_BITS 13
#define GUEST_VSPACE_BITS 15

/* Geometry of the tables: level 0 maps pages, the root has level `levels` - 1 and 1 << root_bits entries, the others 512. */
struct paging {
	unsigned levels; /* 0: the machine has no such stage */
	unsigned root_bits;
	unsigned page_levels; /* the levels below this one can map pages */
};

#define TABLE_BITS 9

extern struct paging paging[STAGES];

/* Where a capability is mapped; kept in its slot. */
struct mapping {
	vaddr_t vaddr;
	unsigned level; /* of the entry */
	bool mapped;
};

struct vspace *vspace_init(void *memory, enum vspace_stage stage);
void vspace_destroy(struct vspace *space);

/* The space with this number if it is still of this generation; null otherwise. */
struct vspace *vspace_find(word_t number, word_t generation);
word_t vspace_generation(const struct vspace *space);

/* Boot: sets the geometry up and gives the array of generations its memory; the size is that for so many bytes of object memory. */
size_t vspace_generations_size(size_t object_size);
void vspace_boot(void *generations, void *object_base);

/*
 * The entry for `vaddr` at `level`. Null where a table is missing, or a larger page in its place; *found is then the level where the walk ended.
 */
pte_t *vspace_walk(struct vspace *space, vaddr_t vaddr, unsigned level, unsigned *found);
bool vspace_range_is_valid(const struct vspace *space, vaddr_t vaddr, unsigned size_bits);

void frame_unmap_slot(struct slot *slot);
void page_table_unmap_slot(struct slot *slot);

/* Maps and unmaps the page of object memory at `memory` for the user (IPC buffers). */
status_t MUST_CHECK vspace_map_object(struct vspace *space, vaddr_t vaddr, void *memory);
void vspace_unmap_object(struct vspace *space, vaddr_t vaddr, void *memory);
