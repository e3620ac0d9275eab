/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TLB that keeps what it has seen until it is told to forget: translations, the absence of them, and pointers to tables. A flush of one address
 * forgets only the last step to it; pointers to tables go with a flush of the whole space (as sfence.vma with and without an address does).
 */
#include <kernel/arch.h>

#include <host_test.h>

#define ENTRIES 256

struct entry {
	struct vspace *space; /* null: free */
	vaddr_t vaddr;
	unsigned level; /* of the page table entry */
	pte_t pte;
	bool pointer; /* leads to a table; a flush of one address leaves it */
};

static struct entry entries[ENTRIES];
static unsigned next_entry;

static void remember(struct vspace *space, vaddr_t vaddr, unsigned level, pte_t pte)
{
	entries[next_entry++ % ENTRIES] = (struct entry){space, vaddr, level, pte, pte_is_table(pte, level)};
}

/* The walk of the machine: its own, not the kernel's. */
static pte_t *entry_at(struct vspace *space, vaddr_t vaddr, unsigned level)
{
	const struct paging *geometry = &paging[space->stage];
	pte_t *table = space->root;
	for (unsigned at = geometry->levels - 1;; at--) {
		unsigned bits = at == geometry->levels - 1 ? geometry->root_bits : TABLE_BITS;
		pte_t *entry = &table[vaddr >> (L4_PAGE_BITS + TABLE_BITS * at) & ((1UL << bits) - 1)];
		if (at == level)
			return entry;
		if (!pte_is_table(*entry, at))
			return NULL;
		table = machine_object_pointer(pte_paddr(*entry));
	}
}

bool tlb_translate(struct vspace *space, vaddr_t vaddr, paddr_t *paddr, word_t *rights)
{
	for (unsigned level = paging[space->stage].levels; level-- > 0;) {
		pte_t pte = *entry_at(space, vaddr, level);
		remember(space, vaddr, level, pte);
		if (!pte_is_present(pte))
			return false;
		if (pte_is_table(pte, level))
			continue;
		*paddr = pte_paddr(pte) | (vaddr & ((1UL << (L4_PAGE_BITS + TABLE_BITS * level)) - 1));
		*rights = pte_rights(pte, space->stage);
		return true;
	}
	machine_fail("a walk without an end", vaddr);
}

void tlb_flush(struct vspace *space, vaddr_t vaddr, unsigned size_bits)
{
	for (struct entry *entry = entries; entry < entries + ENTRIES; entry++) {
		unsigned bits = L4_PAGE_BITS + TABLE_BITS * entry->level;
		unsigned wider = bits > size_bits ? bits : size_bits;
		if (entry->space == space && !entry->pointer && entry->vaddr >> wider == vaddr >> wider)
			entry->space = NULL;
	}
}

void tlb_flush_space(struct vspace *space)
{
	for (struct entry *entry = entries; entry < entries + ENTRIES; entry++) {
		if (entry->space == space)
			entry->space = NULL;
	}
}

void tlb_check(void)
{
	for (struct entry *entry = entries; entry < entries + ENTRIES; entry++) {
		if (!entry->space)
			continue;
		pte_t *now = entry_at(entry->space, entry->vaddr, entry->level);
		if (!now || *now != entry->pte)
			host_test_fail(__FILE__, __LINE__, "the TLB still has %#lx for address %#lx at level %u, the tables %#lx", entry->pte,
				       entry->vaddr, entry->level, now ? *now : 0);
	}
}
