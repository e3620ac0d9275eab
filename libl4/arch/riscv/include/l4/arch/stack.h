/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/* The stack pointer with which a C function begins at a thread's start, below `top`, which is aligned to 16 bytes. */
static inline uintptr_t l4_arch_entry_sp(uintptr_t top)
{
	return top;
}
