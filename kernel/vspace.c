/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spaces, and the one walker of all page tables. A mapping is remembered in the capability that made it, by the space's number and generation:
 * a space dies in constant time, and what was mapped in it is void from then on.
 */
#include <kernel/arch.h>
#include <kernel/print.h>
#include <kernel/touched.h>
#include <kernel/vspace.h>

struct paging paging[STAGES];

/* One for each page of object memory; counts the spaces whose struct was in that page. */
static word_t *space_generations;
static char *object_memory;

size_t vspace_generations_size(size_t object_size)
{
	return (object_size >> L4_PAGE_BITS) * sizeof(word_t);
}

void vspace_boot(void *generations, void *object_base)
{
	space_generations = generations;
	object_memory = object_base;
}

struct vspace *vspace_init(void *memory, enum vspace_stage stage)
{
	size_t root_size = sizeof(pte_t) << paging[stage].root_bits;
	size_t offset = stage == STAGE_PROCESS ? PAGE_SIZE : 4 * PAGE_SIZE;
	KERNEL_ASSERT(root_size <= offset, root_size);
	struct vspace *space = (struct vspace *)((char *)memory + offset);
	space->root = memory;
	space->stage = stage;
	space->number = ((char *)space - object_memory) >> L4_PAGE_BITS;
	arch_space_init(space);
	return space;
}

word_t vspace_generation(const struct vspace *space)
{
	return space_generations[space->number];
}

/* Precondition: the number is one that a space of this generation had. */
struct vspace *vspace_find(word_t number, word_t generation)
{
	if (space_generations[number] != generation)
		return NULL;
	return (struct vspace *)(object_memory + (number << L4_PAGE_BITS));
}

void vspace_destroy(struct vspace *space)
{
	space_generations[space->number]++;
	arch_space_destroy(space);
}

static unsigned table_index(const struct vspace *space, vaddr_t vaddr, unsigned level)
{
	const struct paging *geometry = &paging[space->stage];
	unsigned bits = level == geometry->levels - 1 ? geometry->root_bits : TABLE_BITS;
	return vaddr >> (L4_PAGE_BITS + TABLE_BITS * level) & ((1UL << bits) - 1);
}

pte_t *vspace_walk(struct vspace *space, vaddr_t vaddr, unsigned level, unsigned *found)
{
	unsigned at = paging[space->stage].levels - 1;
	pte_t *entry = &space->root[table_index(space, vaddr, at)];
	while (at > level) {
		if (!pte_is_table(*entry, at)) {
			*found = at;
			return NULL;
		}
		pte_t *table = arch_object_pointer(pte_paddr(*entry));
		at--;
		entry = &table[table_index(space, vaddr, at)];
	}
	*found = at;
	return entry;
}

bool vspace_range_is_valid(const struct vspace *space, vaddr_t vaddr, unsigned size_bits)
{
	vaddr_t end = arch_space_end(space->stage);
	return is_aligned(vaddr, size_bits) && vaddr < end && 1UL << size_bits <= end - vaddr;
}

status_t vspace_map_object(struct vspace *space, vaddr_t vaddr, void *memory)
{
	unsigned found;
	if (!vspace_range_is_valid(space, vaddr, L4_PAGE_BITS))
		return L4_INVALID_ARGUMENT;
	pte_t *entry = vspace_walk(space, vaddr, 0, &found);
	if (!entry)
		return L4_MISSING_TABLE;
	if (pte_is_present(*entry))
		return L4_OCCUPIED;
	slot_changes++;
	*entry = pte_make_page(arch_object_paddr(memory), L4_READ | L4_WRITE, space->stage, 0);
	touched_mapping(space, vaddr, 0, arch_object_paddr(memory), true);
	arch_space_flush(space, vaddr, L4_PAGE_BITS);
	return L4_OK;
}

void vspace_unmap_object(struct vspace *space, vaddr_t vaddr, void *memory)
{
	unsigned found;
	pte_t *entry = vspace_walk(space, vaddr, 0, &found);
	if (!entry || !pte_is_present(*entry) || pte_paddr(*entry) != arch_object_paddr(memory))
		return;
	slot_changes++;
	*entry = 0;
	touched_mapping(space, vaddr, 0, arch_object_paddr(memory), false);
	arch_space_flush(space, vaddr, L4_PAGE_BITS);
}
