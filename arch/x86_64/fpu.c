/* SPDX-License-Identifier: BSD-2-Clause */
/* The x87, SSE and AVX registers, as XSAVE lays them out; FXSAVE where the processor has no XSAVE. */
#include <arch/fpu.h>
#include <arch/registers.h>
#include <kernel/arch.h>

#include "fpu.h"
#include "machine.h"
#include "virt/guest.h"

/* What a thread begins with: offsets and values of the legacy area. All components that the header does not name are in their initial state. */
#define FPU_FCW 0
#define FPU_MXCSR 24
#define FCW_INITIAL 0x37f
#define MXCSR_INITIAL 0x1f80

void fpu_init(struct thread *thread)
{
	uint8_t *area = thread->arch.fpu;
	__builtin_memset(area, 0, FPU_AREA_SIZE);
	*(uint16_t *)(area + FPU_FCW) = FCW_INITIAL;
	*(uint32_t *)(area + FPU_MXCSR) = MXCSR_INITIAL;
}

void fpu_turn(void)
{
	struct cpu *cpu = cpu_self();
	cpu->arch.fpu_on = !cpu->arch.fpu_on;
	if (cpu->arch.fpu_on)
		__asm__ volatile("clts" : : : "memory");
	else
		cr0_write(cr0_read() | CR0_TS);
	if (machine.has_xsave)
		cr4_write(cr4_read() ^ CR4_OSXSAVE);
}

void fpu_close(void)
{
	if (cpu_self()->arch.fpu_on)
		fpu_turn();
}

/* For the kernel, which saves and loads all that machine.xcr0 names. */
static void open_fpu(struct cpu *cpu)
{
	if (!cpu->arch.fpu_on)
		fpu_turn();
	guest_xcr0_unload(cpu);
}

void arch_fpu_save(struct thread *thread)
{
	open_fpu(cpu_self());
	if (machine.has_xsave)
		__asm__ volatile("xsave64 %0" : "=m"(thread->arch.fpu) : "a"((uint32_t)machine.xcr0), "d"((uint32_t)(machine.xcr0 >> 32)) : "memory");
	else
		__asm__ volatile("fxsave64 %0" : "=m"(thread->arch.fpu) : : "memory");
}

void arch_fpu_load(struct thread *thread)
{
	open_fpu(cpu_self());
	/* AMD's processors restore where the last instruction and its operand were only if an exception is pending: else the last owner's would stay. */
	__asm__ volatile("fninit" : : : "memory");
	if (machine.has_xsave)
		__asm__ volatile("xrstor64 %0" : : "m"(thread->arch.fpu), "a"((uint32_t)machine.xcr0), "d"((uint32_t)(machine.xcr0 >> 32)) : "memory");
	else
		__asm__ volatile("fxrstor64 %0" : : "m"(thread->arch.fpu) : "memory");
}

/* Takes effect when the thread is resumed. */
void arch_fpu_enable(struct thread *thread, bool enable)
{
	thread->arch.fpu_enabled = enable;
}
