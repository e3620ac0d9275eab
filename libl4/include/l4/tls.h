/* SPDX-License-Identifier: BSD-2-Clause */
/* Thread-local variables: a thread pointer points to the thread's block, which begins as a copy of the program's template. */
#pragma once

#include <stddef.h>

/* Alignment of a block. */
#define L4_TLS_ALIGN 64

/* Bytes of a thread's block. */
size_t l4_tls_size(void);

/* Fills a block, aligned to L4_TLS_ALIGN. */
void l4_tls_init(void *block);
