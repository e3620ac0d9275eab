/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of page tables, of processes and (nested paging) of guests alike; the functions on them are in arch/inline.h. */
#pragma once

#include <kernel/types.h>

typedef uint64_t pte_t;

#define PTE_PRESENT 0x1UL
#define PTE_WRITE 0x2UL
#define PTE_USER 0x4UL
#define PTE_WRITE_THROUGH 0x8UL
#define PTE_CACHE_DISABLE 0x10UL
#define PTE_ACCESSED 0x20UL
#define PTE_DIRTY 0x40UL
#define PTE_LARGE 0x80UL
#define PTE_GLOBAL 0x100UL
#define PTE_NO_EXECUTE (1UL << 63)
#define PTE_PADDR_MASK 0x000ffffffffff000UL

struct arch_vspace {
	/*
	 * A process: the value of CR3 with which the space runs: its root, and where processors have them the identifier (PCID) and the order to keep what the TLB holds of it.
	 * 0 while the space has no identifier; arch_resume then finds one. A guest: the identifier (ASID) with which its vcpus run; 0 while it has none.
	 */
	word_t identity;
};
