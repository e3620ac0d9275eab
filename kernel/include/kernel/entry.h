/* SPDX-License-Identifier: BSD-2-Clause */
/* What the back end calls when the machine enters the kernel. None returns: the kernel leaves through sched_exit. */
#pragma once

#include <kernel/fault.h>

/* A system call of the current thread that the fast path has declined or never seen. Its arguments are also in its context. */
NORETURN void kernel_syscall(int64_t number, word_t cap, word_t tag);

/* An exception of the current thread, its full context saved. */
NORETURN void kernel_fault(const struct fault *fault);

/* Interrupts: the back end has called sched_clock or irq_deliver for each, and asks for the next thread. Also the end of each guest exit it has dealt with itself. */
NORETURN void kernel_leave(void);

/* Another thread's, or no thread's, floating-point registers are loaded; true: they are now the current thread's, try again. */
bool fpu_trap(void);
/* Forgets the thread's floating-point registers. */
void fpu_drop(struct thread *thread);
/* Nobody's floating-point registers are loaded from now on: who comes next need not pay for saving another's. */
void fpu_put(void);
/* Loads the thread's floating-point registers if they are not loaded (guests: before they are entered). */
void fpu_claim(struct thread *thread);

/*
 * The fast path. Returns only if it declines, and then has changed nothing. Compiled so that the message registers stay untouched.
 */
void fastpath_call(word_t cap, word_t tag);
void fastpath_reply_recv(word_t cap, word_t tag);
/* The same for a call (an enum l4_fault) that the kernel makes in the current thread's name, but for timeouts, when there is no time to lend; its full context is saved. All eight words are sent: those beyond `length` must be 0. */
struct slot;
void fastpath_fault(struct thread *thread, const struct slot *handler, word_t fault, word_t length, const word_t *words);
