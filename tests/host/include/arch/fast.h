/* SPDX-License-Identifier: BSD-2-Clause */
/* The fast path's message words stay in "registers" (arch_cpu.user_message): the context of the caller is not written before it blocks. */
#pragma once

#include <kernel/arch.h>

static inline bool arch_fast_enter(const struct vspace *space)
{
	machine.space = space;
	return space->arch.id != 0;
}

static inline void arch_fast_save(struct thread *thread)
{
	thread->context.registers[REG_PC] = cpu_self()->arch.user_pc + MACHINE_SYSCALL_SIZE;
}

static inline void arch_fast_words(word_t *words)
{
	for (unsigned i = 0; i < FAULT_REPLY_WORDS; i++)
		words[i] = cpu_self()->arch.user_message[i];
}

/* Ends the kernel's run: `thread` is in user mode. */
NORETURN void machine_fast_resume(struct thread *thread, word_t badge, word_t tag);

static inline NORETURN void arch_fast_resume(struct cpu *cpu, struct thread *thread, word_t badge, word_t tag)
{
	(void)cpu;
	machine_fast_resume(thread, badge, tag);
}

static inline NORETURN void arch_fast_resume_light(struct cpu *cpu, struct thread *thread)
{
	(void)cpu;
	arch_resume(thread);
}
