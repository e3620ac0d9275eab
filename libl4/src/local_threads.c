/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads of the own program. */
#include <l4/threads.h>

#include <l4/arch/stack.h>
#include <l4/arch/stop.h>
#include <l4/ipc.h>
#include <l4/stubs.h>
#include <l4/tls.h>

#define STACK_ALIGN 16
#define STACK_LEAST 512

_Thread_local l4_cap_t l4_thread_self;

/* What a new thread finds at the top of its stack. */
struct local_start {
	void (*entry)(void *argument);
	void *argument;
	l4_word_t buffer;
	l4_cap_t thread;
};

static void local_main(struct local_start *start)
{
	l4_ipc_buffer = (volatile struct l4_ipc_buffer *)start->buffer;
	l4_thread_self = start->thread;
	start->entry(start->argument);
	l4_thread_exit();
}

void l4_thread_exit(void)
{
	if (l4_thread_self)
		l4_thread_suspend(l4_thread_self);
	l4_arch_stop(0);
}

/* The stack from its top: thread-local variables, struct local_start, frames. */
l4_status_t l4_thread_start_local(l4_cap_t thread, void (*entry)(void *argument), void *argument, void *stack, size_t stack_size, l4_word_t buffer)
{
	uintptr_t bottom = (uintptr_t)stack, top = bottom + stack_size;
	size_t needed = l4_tls_size() + L4_TLS_ALIGN + sizeof(struct local_start) + STACK_ALIGN + STACK_LEAST;
	struct local_start *start;
	void *thread_pointer;

	if (stack_size < needed)
		return L4_INVALID_ARGUMENT;
	top = (top - l4_tls_size()) & ~(uintptr_t)(L4_TLS_ALIGN - 1);
	thread_pointer = l4_tls_init((void *)top);
	start = (struct local_start *)((top - sizeof(*start)) & ~(uintptr_t)(STACK_ALIGN - 1));
	*start = (struct local_start){entry, argument, buffer, thread};
	return l4_thread_start(thread, (l4_word_t)local_main, l4_arch_entry_sp((uintptr_t)start), (l4_word_t)start, (l4_word_t)thread_pointer);
}
