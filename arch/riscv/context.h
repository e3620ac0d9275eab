/* SPDX-License-Identifier: BSD-2-Clause */
/* What context.S and the C code call of each other. */
#pragma once

#include <kernel/thread.h>

extern char trap_entry[], guest_trap_entry[];

NORETURN void resume_full(struct thread *thread);
NORETURN void resume_light(struct thread *thread);
void fpu_save_registers(struct thread *thread);
void fpu_load_registers(struct thread *thread);

/* Called by the entries, on an empty stack. The thread's context is saved. */
NORETURN void trap_user(struct thread *thread);
NORETURN void guest_exit(struct thread *thread);
NORETURN void trap_kernel(word_t cause, word_t pc, word_t value);
