/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel without its fast path: every call takes the general way. All tests must pass with it too. */
#include <kernel/entry.h>

void fastpath_call(struct cpu *cpu, word_t cap, word_t tag)
{
	(void)cpu, (void)cap, (void)tag;
}

void fastpath_reply_recv(struct cpu *cpu, word_t cap, word_t tag)
{
	(void)cpu, (void)cap, (void)tag;
}
