/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel without its fast path: every call takes the general way. All tests must pass with it too. */
#include <kernel/entry.h>

void fastpath_call(word_t cap, word_t tag)
{
	(void)cap, (void)tag;
}

void fastpath_reply_recv(word_t cap, word_t tag)
{
	(void)cap, (void)tag;
}

void fastpath_fault(struct thread *thread, const struct slot *handler, word_t fault, word_t length, const word_t *words)
{
	(void)thread, (void)handler, (void)fault, (void)length, (void)words;
}
