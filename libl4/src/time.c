/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/time.h>

#include <l4/startup.h>

#define MICROSECONDS 1000000UL

l4_word_t l4_ticks_per_second(void)
{
	return l4_bootinfo() ? l4_bootinfo()->ticks_per_second : l4_startup()->ticks_per_second;
}

/* value * numerator / denominator without overflow of the product, as long as denominator * numerator fits. */
static l4_word_t scale(l4_word_t value, l4_word_t numerator, l4_word_t denominator, l4_word_t round)
{
	return value / denominator * numerator + (value % denominator * numerator + round) / denominator;
}

l4_word_t l4_ticks_of_microseconds(l4_word_t microseconds)
{
	return scale(microseconds, l4_ticks_per_second(), MICROSECONDS, MICROSECONDS - 1);
}

l4_word_t l4_microseconds_of_ticks(l4_word_t ticks)
{
	return scale(ticks, MICROSECONDS, l4_ticks_per_second(), 0);
}
