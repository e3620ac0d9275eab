/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers whose faults the case answers. */
#pragma once

#include "worker.h"

#include <l4/abi/fault.h>

/* A worker whose faults go to the endpoint, with this badge. */
struct worker *new_faulter(l4_cap_t endpoint, l4_word_t badge);

/* The fault that waits at the endpoint must have this label and badge; gives its words. */
struct l4_registers expect_fault(l4_cap_t endpoint, l4_word_t label, l4_word_t badge);

/* Answers the last one: the thread tries again. */
void answer(void);

/* The architecture's part: of what a system call gives back to a remote thread (worker.h) only the thread's constants, the results and the words may be other than 0. */
void expect_clean(const struct worker *remote);
