/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of page tables; the functions on them are in arch/inline.h. */
#pragma once

#include <kernel/types.h>

typedef uint64_t pte_t;

#define PTE_VALID 0x1UL
#define PTE_READ 0x2UL
#define PTE_WRITE 0x4UL
#define PTE_EXECUTE 0x8UL
#define PTE_LEAF (PTE_READ | PTE_WRITE | PTE_EXECUTE)
#define PTE_USER 0x10UL
#define PTE_GLOBAL 0x20UL
#define PTE_ACCESSED 0x40UL
#define PTE_DIRTY 0x80UL
#define PTE_PPN_SHIFT 10
#define PTE_PPN_MASK ((1UL << 44) - 1)

/* Levels of tables that map pages, of those that the kernel makes frames for. */
#define PAGE_LEVELS 3

struct arch_vspace {
	/*
	 * The value of satp (process) or hgatp (guest) with which the space runs: mode, identifier, root.
	 * 0 while the space has no identifier; arch_resume then finds one (identifier.c).
	 */
	word_t atp;
};
