/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* Makes instructions that this hart has written visible to its instruction fetches. */
static inline void l4_arch_sync_code(void)
{
	__asm__ volatile(".option push\n\t.option arch, +zifencei\n\tfence.i\n\t.option pop" : : : "memory");
}
