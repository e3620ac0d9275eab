/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

/* Under -icount the time-stamp counter counts instructions. */
uint64_t instruction_count(void)
{
	return now();
}

void firmware_nothing(void)
{
	hypercall(0, HYPERCALL_GET_VERSION, 0, 0, 0, 0, 0);
}

static void uart(void)
{
	in8(PORT_UART + 5);
}

static void identify(void)
{
	cpuid(0x40000000, 0);
}

static void apic(void)
{
	msr_read(APIC_TPR);
}

static void mtrr(void)
{
	msr_read(MSR_MTRR_CAP);
}

const struct action arch_figures[] = {{"hypercall", firmware_nothing}, {"cpuid", identify}, {"uart_read", uart}, {"apic_read", apic}, {"msr_read", mtrr}, {0}};
