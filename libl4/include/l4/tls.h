/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thread-local variables: each thread has a block that begins as a copy of the program's template. Where in it the thread pointer points is the
 * architecture's to say (<l4/arch/tls.h>).
 */
#pragma once

#include <stddef.h>

/* Alignment of a block. */
#define L4_TLS_ALIGN 64

/* Bytes of a thread's block. */
size_t l4_tls_size(void);

/* Fills a block, aligned to L4_TLS_ALIGN. Gives the thread pointer that belongs to it. */
void *l4_tls_init(void *block);
