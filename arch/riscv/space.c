/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spaces and their identifiers in the TLB. Invariant: a space with identifier i (arch.atp says) is owner[i], and no translation tagged
 * with i is of another space. Where the hart has no identifiers, all of a stage's spaces use 0 and each switch flushes.
 */
#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/print.h>

#include "map.h"
#include "space.h"

#define IDENTIFIERS_MAX 1024

/* Identifier 0 belongs to no space: it is that of the kernel's own root. */
static struct identifiers {
	unsigned count;
	unsigned next;
	struct vspace *owner[IDENTIFIERS_MAX];
} identifiers[STAGES];

/* What a guest without a space runs in. (A second stage that is off would show it the machine's memory.) */
static const pte_t empty_guest_root[4 * PAGE_SIZE / sizeof(pte_t)] __attribute__((aligned(4 * PAGE_SIZE)));

static const struct {
	unsigned shift;
	word_t mask;
} field[STAGES] = {
	{SATP_ASID_SHIFT, (1UL << SATP_ASID_BITS) - 1},
	{HGATP_VMID_SHIFT, (1UL << HGATP_VMID_BITS) - 1},
};

static void flush_asid(word_t asid)
{
	__asm__ volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
}

/* The second fence is for what the guest's own tables gave, of the guest that is being entered. */
static void flush_vmid(word_t vmid)
{
	__asm__ volatile(".option push\n\t.option arch, +h\n\thfence.gvma zero, %0\n\t.option pop" : : "r"(vmid) : "memory");
	space_fence_guest();
}

static void flush_identifier(enum vspace_stage stage, unsigned identifier)
{
	if (stage == STAGE_PROCESS)
		flush_asid(identifier);
	else
		flush_vmid(identifier);
}

static word_t read_atp(enum vspace_stage stage)
{
	return stage == STAGE_PROCESS ? csr_read(satp) : csr_read(CSR_HGATP);
}

static void write_atp(enum vspace_stage stage, word_t value)
{
	if (stage == STAGE_PROCESS)
		csr_write(satp, value);
	else
		csr_write(CSR_HGATP, value);
}

/* The value of satp or hgatp with identifier 0. */
static word_t plain_atp(const struct vspace *space)
{
	word_t mode = space->stage == STAGE_PROCESS ? map_kernel_satp >> SATP_MODE_SHIFT : HGATP_SV39X4;
	return mode << SATP_MODE_SHIFT | arch_object_paddr(space->root) >> L4_PAGE_BITS;
}

static unsigned identifier_of(const struct vspace *space)
{
	return space->arch.atp >> field[space->stage].shift & field[space->stage].mask;
}

void space_boot(enum vspace_stage stage)
{
	word_t old = read_atp(stage);
	word_t base = stage == STAGE_PROCESS ? old : (word_t)HGATP_SV39X4 << SATP_MODE_SHIFT;
	write_atp(stage, base | field[stage].mask << field[stage].shift);
	word_t largest = read_atp(stage) >> field[stage].shift & field[stage].mask;
	write_atp(stage, old);
	flush_identifier(stage, 0);
	identifiers[stage].count = largest < IDENTIFIERS_MAX ? largest + 1 : IDENTIFIERS_MAX;
	identifiers[stage].next = 1;
}

/* Gives the space an identifier, another's if need be, and enters it. */
static void enter_with_new(struct vspace *space)
{
	enum vspace_stage stage = space->stage;
	struct identifiers *all = &identifiers[stage];
	unsigned identifier = all->next;
	all->next = identifier + 1 < all->count ? identifier + 1 : 1;
	struct vspace *victim = all->owner[identifier];
	if (victim)
		victim->arch.atp = 0;
	all->owner[identifier] = space;
	space->arch.atp = plain_atp(space) | (word_t)identifier << field[stage].shift;
	/* After the switch: the victim's root may be the one in use. */
	write_atp(stage, space->arch.atp);
	flush_identifier(stage, identifier);
}

static void enter(struct vspace *space)
{
	enum vspace_stage stage = space->stage;
	if (space->arch.atp) {
		if (read_atp(stage) != space->arch.atp)
			write_atp(stage, space->arch.atp);
	} else if (identifiers[stage].count > 1) {
		enter_with_new(space);
	} else if (read_atp(stage) != plain_atp(space)) {
		write_atp(stage, plain_atp(space));
		flush_identifier(stage, 0);
	}
}

void space_enter(struct vspace *space)
{
	if (space)
		enter(space);
	else
		csr_write(satp, map_kernel_satp);
}

/* Every access of the guest faults. */
static void enter_nothing(void)
{
	word_t nothing = (word_t)HGATP_SV39X4 << SATP_MODE_SHIFT | map_image_paddr(empty_guest_root) >> L4_PAGE_BITS;
	if (read_atp(STAGE_GUEST) != nothing) {
		write_atp(STAGE_GUEST, nothing);
		flush_identifier(STAGE_GUEST, 0);
	}
}

static __attribute__((noinline)) void change_guest(struct vspace *space)
{
	if (space)
		enter(space);
	else
		enter_nothing();
	space_fence_guest(); /* the loaded vcpu may be new here, where others have been under this VMID */
}

void space_enter_guest(struct vspace *space)
{
	if (!space || !space->arch.atp || read_atp(STAGE_GUEST) != space->arch.atp)
		change_guest(space);
}

vaddr_t arch_space_end(enum vspace_stage stage)
{
	/* Of a process the lower half; of a guest all of a second stage. */
	unsigned bits = L4_PAGE_BITS + TABLE_BITS * (paging[stage].levels - 1) + paging[stage].root_bits;
	return 1UL << (stage == STAGE_PROCESS ? bits - 1 : bits);
}

void arch_space_init(struct vspace *space)
{
	space->arch.atp = 0;
	if (space->stage == STAGE_PROCESS)
		map_share(space->root);
}

/* Whether the hart may hold translations of the space: those without identifier were flushed when they lost it, or were left. */
static bool may_be_cached(const struct vspace *space)
{
	return space->arch.atp || (identifiers[space->stage].count <= 1 && read_atp(space->stage) == plain_atp(space));
}

static bool is_current(const struct vspace *space)
{
	word_t atp = read_atp(space->stage);
	return atp == space->arch.atp || atp == plain_atp(space);
}

void arch_space_destroy(struct vspace *space)
{
	bool flush = may_be_cached(space);
	unsigned identifier = identifier_of(space);
	if (is_current(space))
		write_atp(space->stage, space->stage == STAGE_PROCESS ? map_kernel_satp : 0);
	if (flush)
		flush_identifier(space->stage, identifier);
	if (identifier)
		identifiers[space->stage].owner[identifier] = NULL;
	space->arch.atp = 0;
}

void arch_space_flush_all(struct vspace *space)
{
	if (may_be_cached(space))
		flush_identifier(space->stage, identifier_of(space));
}

void arch_space_flush(struct vspace *space, vaddr_t vaddr, unsigned size_bits)
{
	if (!may_be_cached(space))
		return;
	word_t identifier = identifier_of(space);
	/* More than a page may be many leaves, or a table: a flush by address reaches leaves alone. */
	if (size_bits > L4_PAGE_BITS)
		flush_identifier(space->stage, identifier);
	else if (space->stage == STAGE_PROCESS)
		__asm__ volatile("sfence.vma %0, %1" : : "r"(vaddr), "r"(identifier) : "memory");
	else
		__asm__ volatile(".option push\n\t.option arch, +h\n\thfence.gvma %0, %1\n\t.option pop" : : "r"(vaddr >> 2), "r"(identifier) : "memory");
}
