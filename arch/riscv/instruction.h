/* SPDX-License-Identifier: BSD-2-Clause */
/* As much of the instruction set as a guest's access to a device needs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define INSTRUCTION_WFI 0x10500073u
#define INSTRUCTION_ECALL_SIZE 4

/* A plain integer load or store; width 0 for all else. */
struct memory_access {
	uint8_t width; /* bytes */
	uint8_t reg;   /* that is loaded or stored */
	bool is_store;
	bool is_signed;
};

/* Bytes; 0 for an instruction that is not known. */
static inline unsigned instruction_size(uint32_t instruction)
{
	if (instruction == 0)
		return 0;
	return (instruction & 3) == 3 ? 4 : 2;
}

#define OPCODE_LOAD 0x03
#define OPCODE_STORE 0x23

static inline uint32_t instruction_bits(uint32_t instruction, unsigned high, unsigned low)
{
	return instruction >> low & ((1u << (high - low + 1)) - 1);
}

static inline struct memory_access instruction_decode_full(uint32_t instruction)
{
	uint32_t opcode = instruction_bits(instruction, 6, 0), funct3 = instruction_bits(instruction, 14, 12);
	uint8_t width = (uint8_t)(1u << (funct3 & 3));
	/* funct3 is the width's logarithm, bit 2 set for a load without sign; ldu does not exist. */
	if (opcode == OPCODE_LOAD && funct3 < 7)
		return (struct memory_access){width, (uint8_t)instruction_bits(instruction, 11, 7), false, funct3 < 4};
	if (opcode == OPCODE_STORE && funct3 < 4)
		return (struct memory_access){width, (uint8_t)instruction_bits(instruction, 24, 20), true, false};
	return (struct memory_access){0};
}

/* c.lw, c.ld, c.sw, c.sd and the same with sp. The other loads and stores of these quadrants are floating point. */
static inline struct memory_access instruction_decode_compressed(uint32_t instruction)
{
	uint32_t quadrant = instruction_bits(instruction, 1, 0), funct3 = instruction_bits(instruction, 15, 13);
	bool is_store = funct3 & 4;
	if (quadrant == 1 || !(funct3 & 2))
		return (struct memory_access){0};
	uint8_t width = funct3 & 1 ? 8 : 4;
	uint32_t reg;
	if (quadrant == 0)
		reg = 8 + instruction_bits(instruction, 4, 2);
	else
		reg = is_store ? instruction_bits(instruction, 6, 2) : instruction_bits(instruction, 11, 7);
	return (struct memory_access){width, (uint8_t)reg, is_store, !is_store};
}

/* Inline: returned in registers, the struct would be packed and unpacked at each exit. */
static inline struct memory_access instruction_access(uint32_t instruction)
{
	return (instruction & 3) == 3 ? instruction_decode_full(instruction) : instruction_decode_compressed(instruction);
}
