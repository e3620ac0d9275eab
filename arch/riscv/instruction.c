/* SPDX-License-Identifier: BSD-2-Clause */
#include "instruction.h"

#define OPCODE_LOAD 0x03
#define OPCODE_STORE 0x23

static uint32_t bits(uint32_t instruction, unsigned high, unsigned low)
{
	return instruction >> low & ((1u << (high - low + 1)) - 1);
}

static struct memory_access decode_full(uint32_t instruction)
{
	uint32_t opcode = bits(instruction, 6, 0), funct3 = bits(instruction, 14, 12);
	uint8_t width = (uint8_t)(1u << (funct3 & 3));
	/* funct3 is the width's logarithm, bit 2 set for a load without sign; ldu does not exist. */
	if (opcode == OPCODE_LOAD && funct3 < 7)
		return (struct memory_access){width, (uint8_t)bits(instruction, 11, 7), false, funct3 < 4};
	if (opcode == OPCODE_STORE && funct3 < 4)
		return (struct memory_access){width, (uint8_t)bits(instruction, 24, 20), true, false};
	return (struct memory_access){0};
}

/* c.lw, c.ld, c.sw, c.sd and the same with sp. The other loads and stores of these quadrants are floating point. */
static struct memory_access decode_compressed(uint32_t instruction)
{
	uint32_t quadrant = bits(instruction, 1, 0), funct3 = bits(instruction, 15, 13);
	bool is_store = funct3 & 4;
	if (quadrant == 1 || !(funct3 & 2))
		return (struct memory_access){0};
	uint8_t width = funct3 & 1 ? 8 : 4;
	uint32_t reg;
	if (quadrant == 0)
		reg = 8 + bits(instruction, 4, 2);
	else
		reg = is_store ? bits(instruction, 6, 2) : bits(instruction, 11, 7);
	return (struct memory_access){width, (uint8_t)reg, is_store, !is_store};
}

struct memory_access instruction_access(uint32_t instruction)
{
	return (instruction & 3) == 3 ? decode_full(instruction) : decode_compressed(instruction);
}
