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

static void set_machine_timer(ticks_t deadline)
{
	cpu_self()->arch.machine_timer = deadline;
	if (machine.has_sstc)
		csr_write(CSR_STIMECMP, deadline);
	else
		sbi_call(SBI_TIME, SBI_TIME_SET, deadline, 0);
}

static void update(void)
{
	const struct arch_cpu *cpu = &cpu_self()->arch;
	ticks_t deadline = cpu->guest_timer < cpu->scheduler_timer ? cpu->guest_timer : cpu->scheduler_timer;
	if (cpu->machine_timer != deadline)
		set_machine_timer(deadline);
}

void arch_timer_set(ticks_t deadline)
{
	cpu_self()->arch.scheduler_timer = deadline;
	update();
}

void timer_interrupt(void)
{
	ticks_t deadline = cpu_self()->arch.machine_timer;
	if (arch_now() < deadline)
		set_machine_timer(deadline);
}

/* Instructions are finer than ticks, and the timer wakes somewhere in one: the last are waited for by looking, more than the interrupt takes. */
#define TICKS_TO_LOOK 16

void arch_wait_until(ticks_t time)
{
	while (arch_now() + TICKS_TO_LOOK < time) {
		arch_timer_set(time - TICKS_TO_LOOK);
		arch_idle();
	}
	while (arch_now() < time)
		;
}

void timer_set_guest(ticks_t deadline)
{
	cpu_self()->arch.guest_timer = deadline;
	update();
}
