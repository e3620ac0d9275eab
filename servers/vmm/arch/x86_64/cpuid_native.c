/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpuid.h"

struct cpuid_registers cpuid_native(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_registers r;
	__asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
	return r;
}
