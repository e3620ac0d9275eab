/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/entry.h>
#include <kernel/fault.h>
#include <kernel/ipc.h>
#include <kernel/print.h>
#include <kernel/sched.h>
#include <kernel/trace.h>
#include <l4/names.h>

static void raise_at(struct thread *thread, const struct slot *handler, const struct fault *fault)
{
	thread->fault = 1 + fault->label;
	copy_message(thread->fault_words, fault->words);
	ipc_call(thread, handler, l4_tag(fault->label, fault->length));
}

/* A system capability's badge is a name of up to eight characters. */
static void print_name(word_t name)
{
	for (; name; name >>= 8)
		arch_putchar((char)name);
}

/* The system capability stands for the machine as a whole, which ends: whoever bound it says that nobody is above this thread. */
static NORETURN void end_system(const struct slot *handler, const struct fault *fault)
{
	print_text("\nbulkhead: the system has failed: ");
	print_name(handler->badge);
	print_text(" faulted, and nobody stands above it: ");
	print_text(l4_fault_names[fault->label]);
	print_text(", pc ");
	print_hex(fault->words[L4_FAULT_PC]);
	print_text(", address ");
	print_hex(fault->words[L4_FAULT_ADDRESS]);
	print_text(", cause ");
	print_hex(fault->words[L4_FAULT_CAUSE]);
	print_text("\n");
	arch_halt(STATUS_SYSTEM_FAILURE);
}

void fault_raise(struct thread *thread, const struct fault *fault)
{
	const struct slot *handler = &thread->slots[L4_BIND_HANDLER];
	trace_fault(thread, fault);
	fastpath_fault(thread, handler, fault->label, fault->length, fault->words);
	if (slot_is_empty(handler))
		sched_block(thread, L4_THREAD_SUSPENDED);
	else if (slot_type(handler) == L4_TYPE_SYSTEM)
		end_system(handler, fault);
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
