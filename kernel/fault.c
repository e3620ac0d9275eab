/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/entry.h>
#include <kernel/fault.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>

static void raise_at(struct thread *thread, const struct slot *handler, const struct fault *fault)
{
	thread->fault = 1 + fault->label;
	copy_message(thread->fault_words, fault->words);
	ipc_call(thread, handler, l4_tag(fault->label, fault->length));
}

void fault_raise(struct thread *thread, const struct fault *fault)
{
	const struct slot *handler = &thread->slots[L4_BIND_HANDLER];
	fastpath_fault(thread, handler, fault->label, fault->length, fault->words);
	if (slot_is_empty(handler))
		sched_block(thread, L4_THREAD_SUSPENDED);
	else
		raise_at(thread, handler, fault);
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
