/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A model of the kernel's memory operations, for tests of libl4's allocators: untyped retype and info, cnode copy, delete and revoke, page tables and
 * frames of three levels. All capabilities lie in one cnode, whose slot for itself is FAKE_CNODE.
 */
#pragma once

#include <stdbool.h>

#include <l4/abi/types.h>

#define FAKE_SLOTS 16384
#define FAKE_CNODE 1
#define FAKE_VSPACE 2

/* Empties all slots but the two above. */
void fake_reset(void);

/* Puts an untyped into an empty slot. */
void fake_untyped(l4_cap_t slot, l4_word_t paddr, unsigned int size_bits, enum l4_memory kind);

/* How many slots hold capabilities, those two not counted. */
l4_word_t fake_caps(void);

/* Where a capability's memory lies. */
l4_word_t fake_paddr(l4_cap_t slot);

/* The physical address that `vaddr` is mapped to; false where it is not. */
bool fake_translate(l4_word_t vaddr, l4_word_t *paddr);

/* How many frames are mapped. */
l4_word_t fake_mapped(void);
