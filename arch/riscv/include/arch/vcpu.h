/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/types.h>
#include <l4/abi/arch.h>

#define ARCH_VCPU_BITS 10 /* log2 of the size of a vcpu object */

/* A load that the handler completes: where its value goes, and how. */
struct guest_load {
	uint8_t reg;
	uint8_t width;     /* bytes; 0 where the exit is no plain load */
	bool is_signed;
};

struct arch_vcpu {
	/*
	 * System registers by their number of the ABI. While cpu->vcpu is this vcpu those of VS mode and HVIP are in the processor and these out of
	 * date; so is VSTIMECMP where the hart has a timer for guests. SCOUNTEREN, PRIVILEGED and senvcfg are here whenever the kernel runs.
	 */
	word_t registers[L4_VCPU_REG_COUNT];
	word_t senvcfg;
	struct guest_load load;
	uint8_t instruction_size; /* of the instruction that caused the exit under way; 0 unknown */
};
