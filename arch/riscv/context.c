/* SPDX-License-Identifier: BSD-2-Clause */
/* User registers. */
#include <arch/registers.h>
#include <kernel/arch.h>

#include "context.h"
#include "guest.h"
#include "space.h"

#define SYSCALL_SIZE 4 /* bytes of an ecall */

void arch_context_init(struct thread *thread)
{
	thread->context = (struct arch_context){{0}};
	thread->arch = (struct arch_thread){
		.sstatus = SSTATUS_UXL_64 | SSTATUS_SPIE,
		.message = &thread->context.registers[REG_S2],
	};
	thread->context_is_full = true;
}

void arch_context_start(struct thread *thread, word_t pc, word_t sp, word_t argument, word_t thread_pointer)
{
	thread->context = (struct arch_context){{0}};
	word_t *registers = thread->context.registers;
	arch_register_set(thread, REG_PC, pc);
	registers[REG_SP] = sp;
	registers[REG_A0] = argument;
	registers[REG_TP] = thread_pointer;
	thread->context_is_full = true;
}

void arch_restart_syscall(struct thread *thread)
{
	thread->context.registers[REG_PC] -= SYSCALL_SIZE;
	thread->context_is_full = true;
}

word_t arch_register_get(const struct thread *thread, unsigned index)
{
	return thread->context.registers[index];
}

void arch_register_set(struct thread *thread, unsigned index, word_t value)
{
	/* sepc cannot hold an odd address. */
	thread->context.registers[index] = index == REG_PC ? value & ~1UL : value;
	thread->context_is_full = true;
}

/* While a thread runs its context counts as light, so that no system call need say so. */
NORETURN void arch_resume(struct thread *thread)
{
	bool full = thread->context_is_full;
	struct vcpu *vcpu = thread_vcpu(thread);
	thread->context_is_full = false;
	if (vcpu)
		guest_resume(thread, vcpu);
	space_enter(thread_vspace(thread));
	if (full)
		resume_full(thread);
	resume_light(thread);
}
