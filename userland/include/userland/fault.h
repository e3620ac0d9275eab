/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/* Ends the program by a mistake. The compiler must not know that nothing is there. */
static inline void fault(void)
{
	static volatile uintptr_t nowhere = 8;
	*(volatile int *)nowhere = 0;
}
