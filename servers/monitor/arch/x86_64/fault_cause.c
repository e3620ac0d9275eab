/* SPDX-License-Identifier: BSD-2-Clause */
#include "../../fault_cause.h"

#include <stdint.h>
#include <stdio.h>

#include <l4/abi/arch.h>

/* By the vector. Page faults alone tell an address. */
static const char *const deed[] = {
	[0] = "divided by zero, or with too large a result (divide error)",
	[1] = "ran into a debug exception",
	[6] = "executed an instruction that does not exist or is not allowed (invalid opcode)",
	[7] = "used the floating-point unit, which it may not (device not available)",
	[11] = "used a segment that is not there",
	[12] = "used a stack segment, or a stack address, that does not exist (stack fault)",
	[13] = "broke the processor's protection: a privileged instruction, a segment, or an address that does not exist (general protection)",
	[16] = "made an error with x87 floating-point numbers",
	[17] = "used a misaligned address (alignment check)",
	[19] = "made an error with SSE floating-point numbers",
};

const char *fault_cause_deed(l4_word_t cause)
{
	uint32_t vector = (uint32_t)cause;
	return vector < sizeof(deed) / sizeof(deed[0]) ? deed[vector] : NULL;
}

static int has_error_code(uint32_t vector)
{
	return (vector >= 10 && vector <= 14) || vector == 17 || vector == 21;
}

void fault_cause_number(char *text, size_t size, l4_word_t cause)
{
	uint32_t vector = (uint32_t)cause;
	if (has_error_code(vector))
		snprintf(text, size, "vector %u, error code %#lx", vector, cause >> L4_FAULT_ERROR_CODE_SHIFT);
	else
		snprintf(text, size, "vector %u", vector);
}
