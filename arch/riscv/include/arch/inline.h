/* SPDX-License-Identifier: BSD-2-Clause */
/* The inlines of the arch contract. Included by kernel/arch.h alone. */
#pragma once

#include <kernel/arch.h>

static inline word_t *arch_message(struct thread *thread)
{
	return thread->arch.message;
}

static inline word_t arch_context_pc(const struct thread *thread)
{
	return thread->context.registers[REG_PC];
}

static inline void arch_set_result(struct thread *thread, status_t status, word_t tag, word_t badge)
{
	word_t *registers = thread->context.registers;
	registers[REG_A0] = (word_t)status;
	registers[REG_A1] = tag;
	registers[REG_A2] = badge;
}

/* The top 256 GiB of the address space hold: object memory from their start on, at a constant distance from where it lies. */
#define OBJECT_WINDOW 0xffffffc000000000UL
/* As much physical memory as the window can show, from address 0 on; above it are the kernel's image and devices. */
#define OBJECT_WINDOW_SIZE (254UL << 30)

static inline void *arch_object_pointer(paddr_t paddr)
{
	return (void *)(paddr + OBJECT_WINDOW);
}

static inline paddr_t arch_object_paddr(const void *pointer)
{
	return (paddr_t)pointer - OBJECT_WINDOW;
}

static inline bool arch_doorbell_is_possible(vaddr_t gpa)
{
	return gpa < arch_space_end(STAGE_GUEST);
}

static inline bool pte_is_present(pte_t pte)
{
	return pte & PTE_VALID;
}

static inline bool pte_is_table(pte_t pte, unsigned level)
{
	return level > 0 && (pte & (PTE_VALID | PTE_LEAF)) == PTE_VALID;
}

static inline paddr_t pte_paddr(pte_t pte)
{
	return (pte >> PTE_PPN_SHIFT & PTE_PPN_MASK) << L4_PAGE_BITS;
}

static inline word_t pte_rights(pte_t pte, enum vspace_stage stage)
{
	(void)stage;
	return (pte & PTE_READ ? L4_READ : 0) | (pte & PTE_WRITE ? L4_WRITE : 0) | (pte & PTE_EXECUTE ? L4_EXECUTE : 0);
}

static inline pte_t pte_make_table(paddr_t table)
{
	return table >> L4_PAGE_BITS << PTE_PPN_SHIFT | PTE_VALID;
}

/* A and D are set ahead, so that the hart need not. Both stages mark what belongs to users alike. */
static inline pte_t pte_make_page(paddr_t page, word_t rights, enum vspace_stage stage, unsigned level)
{
	(void)stage;
	(void)level;
	return page >> L4_PAGE_BITS << PTE_PPN_SHIFT | PTE_VALID | PTE_USER | PTE_ACCESSED | PTE_DIRTY | (rights & L4_READ ? PTE_READ : 0) |
	       (rights & L4_WRITE ? PTE_WRITE : 0) | (rights & L4_EXECUTE ? PTE_EXECUTE : 0);
}

static inline bool arch_rights_are_valid(word_t rights, enum vspace_stage stage)
{
	if (rights & ~(word_t)(L4_READ | L4_WRITE | L4_EXECUTE) || rights == 0)
		return false;
	if (rights & L4_WRITE && !(rights & L4_READ))
		return false;
	return stage == STAGE_GUEST || !(rights & L4_WRITE && rights & L4_EXECUTE);
}
