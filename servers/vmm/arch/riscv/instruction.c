/* SPDX-License-Identifier: BSD-2-Clause */
#include "instruction.h"

enum { OPCODE_STORE = 0x23, OPCODE_STORE_FP = 0x27, OPCODE_ATOMIC = 0x2f };
enum { LOAD_RESERVED = 2 };

/* c.fsd, c.sw, c.sd in quadrant 0; c.fsdsp, c.swsp, c.sdsp in quadrant 2. */
static bool is_compressed_store(uint32_t instruction)
{
	enum { FIRST_STORE = 5 };
	unsigned int quadrant = instruction & 3, function = instruction >> 13 & 7;
	return quadrant != 1 && function >= FIRST_STORE;
}

bool instruction_is_store(uint32_t instruction)
{
	if ((instruction & 3) != 3)
		return is_compressed_store(instruction);
	switch (instruction & 0x7f) {
	case OPCODE_STORE:
	case OPCODE_STORE_FP: return true;
	case OPCODE_ATOMIC: return instruction >> 27 != LOAD_RESERVED;
	default: return false;
	}
}
