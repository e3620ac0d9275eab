/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What CPUID tells the guest: of the host's processor only what the kernel switches and permits, and of this machine's own what is there. Features are on
 * lists of what is passed on: a feature that nobody has thought of is not there.
 */
#pragma once

#include <stdint.h>

struct cpuid_registers {
	uint32_t eax, ebx, ecx, edx;
};

struct cpuid_guest {
	uint64_t cr4;
	uint64_t xcr0;
	uint64_t xcr0_mask; /* what the guest may set in XCR0 */
	uint32_t tsc_khz;
};

struct cpuid_registers cpuid_answer(const struct cpuid_guest *guest, uint32_t leaf, uint32_t subleaf);

/* Width of guest-physical addresses. */
unsigned int cpuid_address_bits(void);

/* The processor's own answer: cpuid_native.c. */
struct cpuid_registers cpuid_native(uint32_t leaf, uint32_t subleaf);

/* Bulkhead's own leaves: the signature and the highest, then the interface's version and the number of slots that hypercalls reach. */
#define CPUID_BULKHEAD 0x40000100U
