/* SPDX-License-Identifier: BSD-2-Clause */
/* By what the FPU traps for whoever does not have it. */
#pragma once

#include <kernel/cpu.h>
#include <kernel/thread.h>

/*
 * Turns the FPU on, where it is off, and the other way round. On: its instructions work. Off: CR0.TS makes them trap; and CR4.OSXSAVE is clear, so that those of XSAVE and AVX do
 * not exist, since not every processor minds TS in them (QEMU 7.2 does not). The fast path calls this with a message in the registers.
 */
void fpu_turn(void) __attribute__((no_caller_saved_registers));

/* What the thread that runs next may do. The call is hidden from the compiler, which would keep registers for it where none is made. */
static inline __attribute__((always_inline)) void fpu_follow(struct cpu *cpu, const struct thread *thread)
{
	if (__builtin_expect(cpu->arch.fpu_on != thread->arch.fpu_enabled, 0))
		__asm__ volatile("call fpu_turn" : : : "cc", "memory");
}
