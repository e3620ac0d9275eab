/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that malloc hands out. The startup code sets it to the startup block's heap. */
#pragma once

#include <stddef.h>

/* Gives the C library its heap; only before the first malloc. For programs whose startup block names none. */
void l4_heap_set(void *start, size_t size);

/* Bytes of the heap that malloc has not yet taken. */
size_t l4_heap_left(void);
