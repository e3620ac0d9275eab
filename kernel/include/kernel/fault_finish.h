/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/arch.h>
#include <kernel/fault.h>

/*
 * The handler has answered; `reply` are the answer's first FAULT_REPLY_WORDS words, of which those beyond the tag's length count as 0. The thread may run
 * again. Inline, because it ends every exit of a guest.
 */
static inline void fault_finish(struct thread *thread, word_t tag, const word_t *reply)
{
	word_t length = l4_tag_length(tag);
	const word_t words[FAULT_REPLY_WORDS] = {length > 0 ? reply[0] : 0, length > 1 ? reply[1] : 0};
	unsigned fault = thread->fault;
	thread->fault = 0;
	if (fault == 1 + L4_FAULT_GUEST_HYPERCALL)
		arch_vcpu_hypercall_done(thread, L4_OK, words);
	else if (fault >= 1 + L4_FAULT_GUEST_MMIO && fault <= 1 + L4_FAULT_GUEST_CPUID)
		arch_vcpu_exit_done(thread, (enum l4_fault)(fault - 1), l4_tag_label(tag), words);
}
