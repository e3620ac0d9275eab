/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/registers.h>
#include <kernel/arch.h>

#include "machine.h"
#include "sbi.h"
#include "timer.h"

ticks_t arch_now(void)
{
	return csr_read(time);
}

static void program(ticks_t deadline)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	if (cpu->machine_timer == deadline)
		return;
	cpu->machine_timer = deadline;
	if (machine.has_sstc)
		csr_write(CSR_STIMECMP, deadline);
	else
		sbi_call(SBI_TIME, SBI_TIME_SET, deadline, 0);
}

static void update(void)
{
	const struct arch_cpu *cpu = &cpu_self()->arch;
	program(cpu->guest_timer < cpu->scheduler_timer ? cpu->guest_timer : cpu->scheduler_timer);
}

void arch_timer_set(ticks_t deadline)
{
	cpu_self()->arch.scheduler_timer = deadline;
	update();
}

void timer_set_guest(ticks_t deadline)
{
	cpu_self()->arch.guest_timer = deadline;
	update();
}
