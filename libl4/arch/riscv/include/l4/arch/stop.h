/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* Faults visibly for ever: a breakpoint, with a status in the first argument register. */
static inline __attribute__((noreturn)) void l4_arch_stop(long status)
{
	register long a0 __asm__("a0") = status;
	for (;;)
		__asm__ volatile("ebreak" : : "r"(a0) : "memory");
}
