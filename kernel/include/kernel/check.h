/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The invariants of derivation, queues and mappings. check.c is linked into debug kernels, check_none.c into release kernels.
 */
#pragma once

#include <kernel/slot.h>

/* A slot loses or moves its capability: the running check must not stand on it. */
void check_forget(const struct slot *slot);
/* At each kernel exit: the current thread, the processor's queues, and the next few capabilities of the tree. Panics on a broken invariant. */
void check_step(void);
/* All at once; gives the number of capabilities. UNSUPPORTED without checks. */
status_t check_all(word_t *capabilities);
