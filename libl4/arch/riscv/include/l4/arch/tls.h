/* SPDX-License-Identifier: BSD-2-Clause */
/* Where thread-local variables lie: from the thread pointer on, which is so aligned as they are. */
#pragma once

#include <stddef.h>

/* Bytes at the thread pointer that belong to the ABI. */
#define L4_ARCH_TLS_HEAD 0

/* Makes the thread pointer of a block whose variables take `size` bytes. */
static inline void *l4_arch_tls_pointer(void *block, size_t size)
{
	(void)size;
	return block;
}
