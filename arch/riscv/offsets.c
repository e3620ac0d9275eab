/* SPDX-License-Identifier: BSD-2-Clause */
/* Offsets of fields for assembly. Compiled, but not linked: the build reads the marks (site_scons/site_tools/asmoffsets.py). */
#include <kernel/arch.h>

#include "processor.h"

#define OFFSET(name, type, field) __asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i"(offsetof(type, field)))

void offsets(void);

void offsets(void)
{
	OFFSET(PROCESSOR_CPU, struct processor, cpu);
	OFFSET(CPU_CURRENT, struct cpu, current);
	OFFSET(CPU_SCRATCH, struct cpu, arch.scratch);
	OFFSET(THREAD_REGISTERS, struct thread, context.registers);
	OFFSET(THREAD_SSTATUS, struct thread, arch.sstatus);
	OFFSET(THREAD_FCSR, struct thread, arch.fcsr);
	OFFSET(THREAD_FPU, struct thread, arch.fpu);
}
