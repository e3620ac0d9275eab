/* SPDX-License-Identifier: BSD-2-Clause */
/* The inlines of the arch contract. Included by kernel/arch.h alone. */
#pragma once

#include <arch/layout.h>
#include <kernel/arch.h>

#define GUEST_PORTS 0x10000

static inline word_t *arch_message(struct thread *thread)
{
	return thread->arch.message;
}

static inline word_t arch_context_pc(const struct thread *thread)
{
	return thread->context.registers[REG_RIP];
}

static inline void arch_set_result(struct thread *thread, status_t status, word_t tag, word_t badge)
{
	word_t *registers = thread->context.registers;
	registers[REG_RAX] = (word_t)status;
	registers[REG_RSI] = tag;
	registers[REG_RDX] = badge;
}

static inline void *arch_object_pointer(paddr_t paddr)
{
	return (void *)(paddr + OBJECT_WINDOW);
}

static inline paddr_t arch_object_paddr(const void *pointer)
{
	return (paddr_t)pointer - OBJECT_WINDOW;
}

/* Ports alone: a store could not be skipped without decoding it. */
static inline bool arch_doorbell_is_possible(vaddr_t gpa)
{
	return gpa >= L4_GUEST_PORT_SPACE && gpa - L4_GUEST_PORT_SPACE < GUEST_PORTS;
}

static inline bool pte_is_present(pte_t pte)
{
	return pte & PTE_PRESENT;
}

static inline bool pte_is_table(pte_t pte, unsigned level)
{
	return level > 0 && (pte & (PTE_PRESENT | PTE_LARGE)) == PTE_PRESENT;
}

static inline paddr_t pte_paddr(pte_t pte)
{
	return pte & PTE_PADDR_MASK;
}

static inline word_t pte_rights(pte_t pte, enum vspace_stage stage)
{
	(void)stage;
	return L4_READ | (pte & PTE_WRITE ? L4_WRITE : 0) | (pte & PTE_NO_EXECUTE ? 0 : L4_EXECUTE);
}

/* The rights are the pages' own. */
static inline pte_t pte_make_table(paddr_t table)
{
	return table | PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED;
}

/* A and D are set ahead, so that the processor need not. The processor walks a guest's tables as a user, so both stages mark what belongs to users alike. */
static inline pte_t pte_make_page(paddr_t page, word_t rights, enum vspace_stage stage, unsigned level)
{
	(void)stage;
	return page | PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_DIRTY | (level ? PTE_LARGE : 0) | (rights & L4_WRITE ? PTE_WRITE : 0) |
	       (rights & L4_EXECUTE ? 0 : PTE_NO_EXECUTE);
}

/* What is present can be read. */
static inline bool arch_rights_are_valid(word_t rights, enum vspace_stage stage)
{
	if (rights & ~(word_t)(L4_READ | L4_WRITE | L4_EXECUTE) || !(rights & L4_READ))
		return false;
	return stage == STAGE_GUEST || !(rights & L4_WRITE && rights & L4_EXECUTE);
}
