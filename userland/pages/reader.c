/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts the pages of a channel in which the writer has written which they are. */
#include <stdio.h>

#include <l4/startup.h>
#include <l4/stubs.h>
#include <system/page-reader.h>

#define PAGE_SIZE (1UL << L4_PAGE_BITS)

int main(void)
{
	unsigned long right = 0;
	while (!(l4_wait(l4_startup_cap("notification")) & SYSTEM_CHANNEL_MANY_BIT))
		;
	for (l4_word_t at = 0; at < SYSTEM_CHANNEL_MANY_SIZE; at += PAGE_SIZE)
		right += *(volatile l4_word_t *)(l4_startup_value(SYSTEM_CHANNEL_MANY) + at) == at;
	printf("%lu of %lu pages are right, and %lu bytes it was told\n", right, SYSTEM_CHANNEL_MANY_SIZE / PAGE_SIZE,
	       *(volatile l4_word_t *)l4_startup_value(SYSTEM_CHANNEL_ONE));
	return 0;
}
