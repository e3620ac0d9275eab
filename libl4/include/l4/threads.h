/* SPDX-License-Identifier: BSD-2-Clause */
/* Making threads. Needs no C library. */
#pragma once

#include <l4/space.h>

/* What a thread is to run with; 0 leaves a capability unbound. All are slots of the caller's cnode. */
struct l4_thread_config {
	l4_cap_t cnode;
	l4_cap_t domain;          /* also the authority for the priority */
	l4_cap_t sched_context;   /* 0: passive, runs on its callers' time */
	l4_cap_t handler;         /* endpoint for faults, or the system capability */
	l4_cap_t timeout_handler; /* endpoint for exhausted budgets */
	l4_cap_t notification;
	l4_cap_t reply;           /* moved into the thread: the slot is empty afterwards */
	l4_word_t buffer;         /* page-aligned address for its IPC buffer, 0: none */
	l4_word_t priority;
	bool fpu;
};

/* Makes a suspended thread in `space` with an object from the space's pool. On failure nothing is left but page tables. */
l4_status_t l4_thread_new(const struct l4_space *space, const struct l4_thread_config *config, l4_cap_t *thread);

/* Makes a sched_context with a budget in each period, both in ticks. */
l4_status_t l4_sched_context_new(struct l4_objects *objects, l4_cap_t domain, l4_word_t budget, l4_word_t period, l4_cap_t *sched_context);

/*
 * Starts a thread of the caller's own program and space in entry(argument). Its thread-local variables and what it needs to start are put at the top of `stack`; `buffer` is the
 * address given as config.buffer (0: none). The thread suspends itself when entry returns, if the program holds `thread` in its cnode; l4_thread_exit does so at once.
 * INVALID_ARGUMENT: the stack is too small.
 */
l4_status_t l4_thread_start_local(l4_cap_t thread, void (*entry)(void *argument), void *argument, void *stack, size_t stack_size, l4_word_t buffer);

/* Ends the calling thread: it suspends itself for good. */
__attribute__((noreturn)) void l4_thread_exit(void);

/* The slot of the calling thread's own capability, as given to l4_thread_start_local or by the startup block; 0 where it has none. */
extern _Thread_local l4_cap_t l4_thread_self;
