/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes into each page of a channel which it is. */
#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <system/writer.h>

#define PAGE_SIZE (1UL << L4_PAGE_BITS)

int main(void)
{
	for (l4_word_t at = 0; at < SYSTEM_CHANNEL_MANY_SIZE; at += PAGE_SIZE)
		*(volatile l4_word_t *)(l4_startup_value(SYSTEM_CHANNEL_MANY) + at) = at;
	*(volatile l4_word_t *)l4_startup_value(SYSTEM_CHANNEL_ONE) = SYSTEM_CHANNEL_MANY_SIZE;
	L4_REQUIRE(l4_signal(l4_startup_cap(SYSTEM_CHANNEL_MANY_SIGNAL)));
	for (;;)
		l4_wait(l4_startup_cap("notification"));
}
