/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/types.h>

struct cpu;

struct arch_cpu {
	word_t scratch;           /* a register of the interrupted program, while the trap entry needs its place */
	ticks_t scheduler_timer;  /* what the scheduler has asked for */
	ticks_t guest_timer;      /* what a running guest wants whose timer the hart does not have */
	ticks_t machine_timer;    /* what the machine's timer is set to: the earlier of both */
	word_t hart;
};

/* While the kernel runs, tp is its processor. */
register struct cpu *arch_cpu_register __asm__("tp");

static inline struct cpu *cpu_self(void)
{
	return arch_cpu_register;
}
