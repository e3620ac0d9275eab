/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel runs with the unit off but for these. */
#include <arch/registers.h>
#include <kernel/arch.h>

#include "context.h"
#include "machine.h"

/* The kernel's sstatus is what the trap left, so the unit's state is put back. */
static word_t unit_on(void)
{
	word_t sstatus = csr_read(sstatus);
	csr_set(sstatus, SSTATUS_FS);
	return sstatus;
}

void arch_fpu_save(struct thread *thread)
{
	if (!machine.has_fpu)
		return;
	word_t sstatus = unit_on();
	fpu_save_registers(thread);
	csr_write(sstatus, sstatus);
}

void arch_fpu_load(struct thread *thread)
{
	if (!machine.has_fpu)
		return;
	word_t sstatus = unit_on();
	fpu_load_registers(thread);
	csr_write(sstatus, sstatus);
}

void arch_fpu_enable(struct thread *thread, bool enable)
{
	thread->arch.sstatus &= ~SSTATUS_FS;
	if (enable)
		thread->arch.sstatus |= SSTATUS_FS_DIRTY;
}
