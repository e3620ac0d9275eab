/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The timer compares with the time-stamp counter itself (TSC-deadline mode) or, where it cannot, counts down 32 bits at a speed of its own. Either is only set again for an
 * earlier deadline: an interrupt that comes before it is due sets the timer anew, and costs less than following each deadline that moves away.
 */
#include "timer.h"

#include <arch/registers.h>
#include <kernel/arch.h>
#include <kernel/sched.h>
#include <kernel/trace.h>

#include "apic.h"
#include "interrupts.h"
#include "machine.h"
#include "tsc.h"

#define LVT_ONE_SHOT 0x00000
#define LVT_TSC_DEADLINE 0x40000
#define DIVIDE_BY_1 0xb
#define COUNT_MAX UINT32_MAX
#define CALIBRATION_COUNTS 1000000 /* a millisecond and more: the bus's clock is at most 1 GHz or so */
#define SPEED_BITS 32

/* Counts of the timer per tick, in 1 / 2^SPEED_BITS, and the most ticks that it can count. */
static uint64_t speed;
static ticks_t farthest;

ticks_t arch_now(void)
{
	return tsc_read();
}

static uint32_t counted(void)
{
	return COUNT_MAX - apic_read(APIC_TIMER_CURRENT);
}

static void calibrate(void)
{
	apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_1);
	apic_write(APIC_TIMER_INITIAL, COUNT_MAX);
	speed = (1UL << (SPEED_BITS + TSC_RATE_BITS)) / tsc_rate((struct tsc_counter){counted, COUNT_MAX}, CALIBRATION_COUNTS);
	farthest = ((uint64_t)COUNT_MAX << SPEED_BITS) / speed;
	apic_write(APIC_TIMER_INITIAL, 0);
}

void timer_boot(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	cpu->scheduler_timer = TICKS_NEVER;
	cpu->guest_timer = TICKS_NEVER;
	cpu->machine_timer = TICKS_NEVER;
	if (!machine.has_tsc_deadline)
		calibrate();
	apic_write(APIC_LVT_TIMER, VECTOR_TIMER | (machine.has_tsc_deadline ? LVT_TSC_DEADLINE : LVT_ONE_SHOT));
	/* In xAPIC mode the write of the mode must be done before the MSR's. */
	__asm__ volatile("mfence" : : : "memory");
}

/* Rounded up, and never 0, which would stop the timer. */
static uint32_t counts_until(ticks_t deadline)
{
	ticks_t now = tsc_read();
	if (deadline <= now)
		return 1;
	ticks_t left = deadline - now;
	return left < farthest ? (uint32_t)(left * speed >> SPEED_BITS) + 1 : COUNT_MAX;
}

/* One copy for all: from the look at the clock to the timer's start it takes the same time whoever asks, so that a wait for a pad ends the same. */
static __attribute__((noinline)) void program(struct arch_cpu *cpu, ticks_t deadline)
{
	cpu->machine_timer = deadline;
	if (machine.has_tsc_deadline)
		msr_write(MSR_TSC_DEADLINE, deadline ? deadline : 1);
	else
		apic_write(APIC_TIMER_INITIAL, counts_until(deadline));
}

static void update(struct arch_cpu *cpu)
{
	ticks_t deadline = cpu->guest_timer < cpu->scheduler_timer ? cpu->guest_timer : cpu->scheduler_timer;
	if (deadline < cpu->machine_timer)
		program(cpu, deadline);
}

void arch_timer_set(ticks_t deadline)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	cpu->scheduler_timer = deadline;
	update(cpu);
}

/* The timer wakes the processor at the tick itself. */
void arch_wait_until(ticks_t time)
{
	while (arch_now() < time) {
		arch_timer_set(time);
		arch_idle();
	}
}

void timer_set_guest(ticks_t deadline)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	cpu->guest_timer = deadline;
	update(cpu);
}

void timer_stop(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	cpu->scheduler_timer = cpu->guest_timer = cpu->machine_timer = TICKS_NEVER;
	if (machine.has_tsc_deadline)
		msr_write(MSR_TSC_DEADLINE, 0);
	else
		apic_write(APIC_TIMER_INITIAL, 0);
}

void timer_interrupt(void)
{
	struct arch_cpu *cpu = &cpu_self()->arch;
	ticks_t now = tsc_read();
	trace_timer();
	bool is_due = cpu->scheduler_timer <= now;
	/* Each deadline interrupts once. */
	cpu->machine_timer = TICKS_NEVER;
	if (is_due)
		cpu->scheduler_timer = TICKS_NEVER;
	if (cpu->guest_timer <= now)
		cpu->guest_timer = TICKS_NEVER;
	update(cpu);
	if (is_due)
		sched_clock();
}
