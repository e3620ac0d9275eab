/* SPDX-License-Identifier: BSD-2-Clause */
#include "entropy.h"

#include <stdbool.h>

#include <l4/arch/time.h>

#define CPUID_FEATURES 1
#define CPUID_FEATURES_RDRAND (1U << 30) /* in ecx */
#define ATTEMPTS 16
#define MIX 0x9e3779b97f4a7c15UL

static bool has_rdrand(void)
{
	uint32_t eax = CPUID_FEATURES, ebx, ecx = 0, edx;
	__asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	return ecx & CPUID_FEATURES_RDRAND;
}

/* False where the generator has nothing to give just now. */
static bool try_rdrand(uint64_t *word)
{
	bool filled;
	__asm__ volatile("rdrand %0" : "=r"(*word), "=@ccc"(filled));
	return filled;
}

uint64_t entropy_word(void)
{
	uint64_t word;
	for (unsigned int attempt = 0; has_rdrand() && attempt < ATTEMPTS; attempt++)
		if (try_rdrand(&word))
			return word;
	return l4_arch_time() * MIX;
}
