/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <arch/layout.h>
#include <kernel/types.h>

struct cpu;

#define VECTORS 256

struct arch_cpu {
	bool fpu_on;               /* the FPU does not trap (arch/fpu.h) */
	word_t taken[VECTORS / 64]; /* interrupts that the kernel has taken and not handled yet, by their vectors */
	ticks_t scheduler_timer;   /* what the scheduler has asked for */
	ticks_t guest_timer;       /* what a running guest wants, whose timer is the kernel's */
	ticks_t machine_timer;     /* what the local APIC's timer will do: fire at this time, or before if that is too far for it; never later than the two above */
};

/*
 * All stacks of a processor lie in one aligned block, whose first bytes are its struct cpu (processor.h). Not volatile: as long as the kernel runs the answer stays, and need be
 * found only once a function.
 */
static inline struct cpu *cpu_self(void)
{
	word_t block;
	__asm__("movq %%rsp, %0\n\tandq %1, %0" : "=r"(block) : "i"(-PROCESSOR_SIZE) : "cc");
	return (struct cpu *)block;
}
