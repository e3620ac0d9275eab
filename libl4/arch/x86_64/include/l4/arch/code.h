/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* Makes instructions that this processor has written visible to its instruction fetches: they are. The compiler must have written them. */
static inline void l4_arch_sync_code(void)
{
	__asm__ volatile("" : : : "memory");
}
