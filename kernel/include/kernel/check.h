/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The invariants of derivation, queues and mappings. check.c is linked into debug kernels, check_none.c into release kernels.
 */
#pragma once

#include <kernel/slot.h>

/* At each kernel exit but the fast path's: the processor's queues, what the entry touched, and the next few capabilities of the tree. Panics on a broken invariant. */
void check_step(void);
/* All at once; gives the number of capabilities. UNSUPPORTED without checks. */
status_t check_all(word_t *capabilities);
