/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* Faults visibly for ever: a breakpoint, with a status in the first argument register. */
static inline __attribute__((noreturn)) void l4_arch_stop(long status)
{
	for (;;)
		__asm__ volatile("int3" : : "D"(status) : "memory");
}
