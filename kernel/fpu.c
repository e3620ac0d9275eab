/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose floating-point registers are in the processor. Invariant: exactly the owner may touch them without a trap; so a switch
 * between threads that do not use them costs nothing, and nobody sees another's.
 */
#include <kernel/arch.h>
#include <kernel/entry.h>

void fpu_drop(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	arch_fpu_enable(thread, false);
	if (cpu->fpu_owner == thread)
		cpu->fpu_owner = NULL;
}

void fpu_claim(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	struct thread *owner = cpu->fpu_owner;
	if (owner == thread)
		return;
	if (owner) {
		arch_fpu_save(owner);
		arch_fpu_enable(owner, false);
	}
	arch_fpu_load(thread);
	arch_fpu_enable(thread, true);
	cpu->fpu_owner = thread;
}

void fpu_put(void)
{
	struct cpu *cpu = cpu_self();
	if (!cpu->fpu_owner)
		return;
	arch_fpu_save(cpu->fpu_owner);
	fpu_drop(cpu->fpu_owner);
}

bool fpu_trap(void)
{
	struct cpu *cpu = cpu_self();
	if (!cpu->current->fpu_allowed || cpu->fpu_owner == cpu->current)
		return false;
	fpu_claim(cpu->current);
	return true;
}
