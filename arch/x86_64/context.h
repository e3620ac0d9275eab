/* SPDX-License-Identifier: BSD-2-Clause */
/* What context.S and the C code call of each other. */
#pragma once

#include <kernel/thread.h>

/* Entry points of all vectors, VECTOR_ENTRY_SIZE bytes apart. */
#define VECTOR_ENTRY_SIZE 16
extern char vector_entries[], syscall_entry[];

NORETURN void resume_full(struct thread *thread);
NORETURN void resume_light(struct thread *thread);

/* Called by the entries, on an empty stack. The thread's context is saved. */
NORETURN void trap_user(struct thread *thread, word_t vector, word_t error);
NORETURN void syscall_set_thread_pointer(struct thread *thread);
/* An exception in the kernel: a bug. */
NORETURN void trap_kernel(word_t vector, word_t pc, word_t error);
