/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the count when it is told that it has grown, has the adder add it up, and rings at every fourth. */
#include <stdio.h>

#include <l4/debug.h>
#include <l4/startup.h>
#include <l4/syscall.h>
#include <system/reader.h>

#include "ticks.h"

/* An adder that is restarted while it has our call answers by PEER_GONE: the next incarnation is asked again. */
static l4_word_t sum_with(l4_word_t number)
{
	struct l4_registers m;
	struct l4_result result;
	do {
		m = (struct l4_registers){{number}};
		result = l4_call(l4_startup_cap(SYSTEM_CHANNEL_SUM), l4_tag(0, 1), &m);
	} while (result.status == L4_PEER_GONE);
	L4_REQUIRE(result.status);
	return m.word[0];
}

int main(void)
{
	const struct ticks *ticks = (const struct ticks *)l4_startup_value(SYSTEM_CHANNEL_TICKS);
	l4_cap_t notification = l4_startup_cap("notification");
	for (;;) {
		if (!(l4_wait(notification) & SYSTEM_CHANNEL_TICKS_BIT))
			continue;
		l4_word_t count = atomic_load(&ticks->count);
		printf("tick %lu, sum %lu\n", count, sum_with(count));
		L4_REQUIRE(l4_signal(l4_startup_cap(SYSTEM_CHANNEL_TICKS_SIGNAL)));
		if (count % 4 == 0)
			L4_REQUIRE(l4_signal(l4_startup_cap(SYSTEM_CHANNEL_RING)));
	}
}
