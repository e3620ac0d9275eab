/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries that know what they are for, so that a mix-up of levels or stages shows. The functions on them are in arch/inline.h. */
#pragma once

#include <kernel/types.h>

typedef uint64_t pte_t;

#define PTE_PRESENT 0x1UL
#define PTE_TABLE 0x2UL
#define PTE_RIGHTS_SHIFT 2
#define PTE_STAGE_SHIFT 6
#define PTE_LEVEL_SHIFT 7
#define PTE_PADDR_MASK 0x0000fffffffff000UL

struct arch_vspace {
	word_t id; /* never used twice; 0: none */
};
