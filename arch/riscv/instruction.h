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

struct memory_access instruction_access(uint32_t instruction);
