/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spaces of processes and their identifiers in the TLB (PCID). Invariants: a space with identifier i (arch.identity says) is owner[i], and no translation tagged with i is of
 * another space, once CR3 was written without the order to keep what is there. A space that must be flushed while it is not current just loses its identifier.
 * Where the processor has no identifiers, identity is the root alone, and each switch flushes.
 */
#include "space.h"

#include <arch/registers.h>
#include <kernel/arch.h>

#include "machine.h"
#include "map.h"
#include "virt/guest_space.h"

#define IDENTIFIERS 1024
#define CR3_IDENTIFIER_MASK 0xfffUL
#define CR3_KEEP (1UL << 63)

/* Identifier 0 belongs to no space: it is that of the kernel's own root. */
static struct vspace *owner[IDENTIFIERS];
static unsigned next_identifier = 1;

void space_boot(void)
{
	if (machine.has_pcid)
		cr4_write(cr4_read() | CR4_PCIDE);
}

static unsigned identifier_of(const struct vspace *space)
{
	return space->arch.identity & CR3_IDENTIFIER_MASK;
}

static bool is_current(const struct vspace *space)
{
	return (cr3_read() & PTE_PADDR_MASK) == arch_object_paddr(space->root);
}

/* What the TLB holds of the space is void. */
static void forget(struct vspace *space)
{
	owner[identifier_of(space)] = NULL;
	space->arch.identity = 0;
}

/* Gives the space an identifier, another's if need be, and enters it; what the TLB holds under that identifier goes. */
static void enter_with_new(struct vspace *space)
{
	unsigned identifier = next_identifier;
	next_identifier = identifier + 1 < IDENTIFIERS ? identifier + 1 : 1;
	struct vspace *victim = owner[identifier];
	if (victim)
		victim->arch.identity = 0;
	owner[identifier] = space;
	word_t cr3 = arch_object_paddr(space->root) | identifier;
	space->arch.identity = cr3 | CR3_KEEP;
	cr3_write(cr3);
}

void space_enter(struct vspace *space)
{
	if (!space)
		cr3_write(map_kernel_cr3);
	else if (!space->arch.identity)
		enter_with_new(space);
	else if (cr3_read() != (space->arch.identity & ~CR3_KEEP))
		cr3_write(space->arch.identity);
}

vaddr_t arch_space_end(enum vspace_stage stage)
{
	return stage == STAGE_PROCESS ? L4_USER_END : 1UL << (L4_PAGE_BITS + TABLE_BITS * paging[STAGE_GUEST].levels);
}

void arch_space_init(struct vspace *space)
{
	space->arch.identity = 0;
	if (space->stage == STAGE_GUEST)
		return;
	map_share(space->root);
	if (!machine.has_pcid)
		space->arch.identity = arch_object_paddr(space->root);
}

void arch_space_destroy(struct vspace *space)
{
	if (space->stage == STAGE_GUEST) {
		guest_space_destroy(space);
		return;
	}
	if (is_current(space))
		cr3_write(map_kernel_cr3);
	if (machine.has_pcid && space->arch.identity)
		forget(space);
}

void arch_space_flush_all(struct vspace *space)
{
	if (space->stage == STAGE_GUEST)
		guest_space_flush(space);
	else if (is_current(space))
		cr3_write(cr3_read());
	else if (machine.has_pcid && space->arch.identity)
		forget(space);
}

void arch_space_flush(struct vspace *space, vaddr_t vaddr, unsigned size_bits)
{
	/* More than a page may be many leaves, or a table. */
	if (size_bits == L4_PAGE_BITS && space->stage == STAGE_PROCESS && is_current(space))
		__asm__ volatile("invlpg (%0)" : : "r"(vaddr) : "memory");
	else
		arch_space_flush_all(space);
}
