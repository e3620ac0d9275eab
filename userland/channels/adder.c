/* SPDX-License-Identifier: BSD-2-Clause */
/* Adds up what its caller gives it. It runs on its own time: nothing is lent between partitions. */
#include <l4/startup.h>
#include <l4/syscall.h>
#include <system/adder.h>

int main(void)
{
	l4_cap_t endpoint = l4_startup_cap("endpoint");
	struct l4_registers m;
	l4_word_t sum = 0;
	struct l4_result result = l4_recv(endpoint, &m);
	for (;;) {
		if (result.status == L4_OK && result.badge == SYSTEM_CHANNEL_SUM_BADGE)
			sum += m.word[0];
		m = (struct l4_registers){{sum}};
		result = l4_reply_recv(endpoint, l4_tag(0, 1), &m);
	}
}
