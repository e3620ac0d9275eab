/* SPDX-License-Identifier: BSD-2-Clause */
/* The inlines of the arch contract. Included by kernel/arch.h alone. */
#pragma once

#include <kernel/arch.h>
#include <arch/machine.h>

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

static inline void *arch_object_pointer(paddr_t paddr)
{
	return machine_object_pointer(paddr);
}

static inline paddr_t arch_object_paddr(const void *pointer)
{
	return machine_object_paddr(pointer);
}

static inline bool arch_doorbell_is_possible(vaddr_t gpa)
{
	return gpa < arch_space_end(STAGE_GUEST);
}

static inline bool pte_is_present(pte_t pte)
{
	return pte & PTE_PRESENT;
}

static inline bool pte_is_table(pte_t pte, unsigned level)
{
	bool table = (pte & (PTE_PRESENT | PTE_TABLE)) == (PTE_PRESENT | PTE_TABLE);
	if ((table && level == 0) || (pte_is_present(pte) && !table && (pte >> PTE_LEVEL_SHIFT & 7) != level))
		machine_fail("an entry of another level", pte);
	return table;
}

static inline paddr_t pte_paddr(pte_t pte)
{
	if (!pte_is_present(pte))
		machine_fail("the address of an entry that is not present", pte);
	return pte & PTE_PADDR_MASK;
}

static inline word_t pte_rights(pte_t pte, enum vspace_stage stage)
{
	if (!pte_is_present(pte) || pte & PTE_TABLE || (pte >> PTE_STAGE_SHIFT & 1) != stage)
		machine_fail("the rights of what is no page of this stage", pte);
	return pte >> PTE_RIGHTS_SHIFT & 15;
}

static inline pte_t pte_make_table(paddr_t table)
{
	return table | PTE_TABLE | PTE_PRESENT;
}

static inline pte_t pte_make_page(paddr_t page, word_t rights, enum vspace_stage stage, unsigned level)
{
	if (page & ((1UL << (L4_PAGE_BITS + TABLE_BITS * level)) - 1))
		machine_fail("a page that is not aligned to its size", page);
	return page | PTE_PRESENT | rights << PTE_RIGHTS_SHIFT | (pte_t)stage << PTE_STAGE_SHIFT | (pte_t)level << PTE_LEVEL_SHIFT;
}

static inline bool arch_rights_are_valid(word_t rights, enum vspace_stage stage)
{
	if (rights & ~(word_t)(L4_READ | L4_WRITE | L4_EXECUTE) || rights == 0)
		return false;
	if (rights & L4_WRITE && !(rights & L4_READ))
		return false;
	return stage == STAGE_GUEST || !(rights & L4_WRITE && rights & L4_EXECUTE);
}
