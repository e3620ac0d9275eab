/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/entry.h>
#include <kernel/fault.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>

static void raise_at(struct thread *thread, const struct slot *handler, const struct fault *fault)
{
	fastpath_fault(thread, handler, fault->label, fault->length, fault->words);
	thread->fault = 1 + fault->label;
	copy_message(thread->fault_words, fault->words);
	ipc_call(thread, handler, l4_tag(fault->label, fault->length));
}

void fault_raise(struct thread *thread, const struct fault *fault)
{
	const struct slot *handler = &thread->slots[L4_BIND_HANDLER];
	if (slot_is_empty(handler))
		sched_block(thread, L4_THREAD_SUSPENDED);
	else
		raise_at(thread, handler, fault);
}

void fault_finish(struct thread *thread, word_t tag, const word_t *reply)
{
	enum l4_fault fault = (enum l4_fault)(thread->fault - 1);
	word_t length = l4_tag_length(tag);
	const word_t words[FAULT_REPLY_WORDS] = {length > 0 ? reply[0] : 0, length > 1 ? reply[1] : 0};
	thread->fault = 0;
	if (fault == L4_FAULT_GUEST_HYPERCALL)
		arch_vcpu_hypercall_done(thread, L4_OK, words);
	else if (fault == L4_FAULT_GUEST_MMIO || fault == L4_FAULT_GUEST_EXCEPTION)
		arch_vcpu_exit_done(thread, fault, l4_tag_label(tag), words);
}

void fault_timeout(struct thread *thread)
{
	const struct slot *handler = &thread->slots[L4_BIND_TIMEOUT_HANDLER];
	if (slot_is_empty(handler))
		return;
	struct fault fault = {
		.label = L4_FAULT_TIMEOUT,
		.length = L4_TIMEOUT_LENGTH,
		.words = {[L4_TIMEOUT_CONSUMED] = thread->time->consumed, [L4_TIMEOUT_PC] = arch_context_pc(thread)},
	};
	raise_at(thread, handler, &fault);
}
