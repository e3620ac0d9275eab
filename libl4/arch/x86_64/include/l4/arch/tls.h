/* SPDX-License-Identifier: BSD-2-Clause */
/* Where thread-local variables lie: they end at the thread pointer, which points to a word that holds the pointer itself (so code can read FS's base). */
#pragma once

#include <stddef.h>

/* Bytes at the thread pointer that belong to the ABI. */
#define L4_ARCH_TLS_HEAD sizeof(void *)

/* Makes the thread pointer of a block whose variables take `size` bytes, a multiple of L4_TLS_ALIGN. */
static inline void *l4_arch_tls_pointer(void *block, size_t size)
{
	void **pointer = (void **)((char *)block + size);

	*pointer = pointer;
	return pointer;
}
