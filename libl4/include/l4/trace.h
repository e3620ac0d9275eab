/* SPDX-License-Identifier: BSD-2-Clause */
/* The one operation on `trace` whose reply is longer than a stub can take. The others are in l4/stubs.h. */
#pragma once

#include <l4/abi/trace.h>
#include <l4/syscall.h>

/*
 * Reads records, up to L4_TRACE_READ_MAX, the first at `position` or as soon as possible after it: `*first` tells where. `*count` is how many; 0 at the end.
 * Needs the caller's IPC buffer (INVALID_ARGUMENT).
 */
l4_status_t l4_trace_read(l4_cap_t trace, l4_word_t position, struct l4_trace_record record[L4_TRACE_READ_MAX], l4_word_t *count, l4_word_t *first);
