/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/abi/types.h>
#include <l4/arch/time.h>

/* The machine's clock, in ticks since power-on. */
static inline l4_word_t l4_now(void)
{
	return l4_arch_time();
}

/* Ticks per second, as the kernel told. */
l4_word_t l4_ticks_per_second(void);

/* Ticks of a number of microseconds, rounded up. */
l4_word_t l4_ticks_of_microseconds(l4_word_t microseconds);

/* Microseconds of a number of ticks, rounded down. */
l4_word_t l4_microseconds_of_ticks(l4_word_t ticks);
