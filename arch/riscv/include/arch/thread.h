/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/types.h>

/* Index in arch_context.registers, which is also the order of thread_read_registers. */
enum riscv_register {
	REG_PC = 0,
	REG_RA = 1,
	REG_SP = 2,
	REG_GP = 3,
	REG_TP = 4,
	REG_T0 = 5,
	REG_A0 = 10,
	REG_A1 = 11,
	REG_A2 = 12,
	REG_A6 = 16,
	REG_A7 = 17,
	REG_S2 = 18, /* the first of the eight message words */
	REG_COUNT = 32,
};

/* The program counter in place of x0, then x1 to x31. */
struct arch_context {
	word_t registers[REG_COUNT];
};

struct arch_thread {
	word_t sstatus;      /* loaded whenever the thread runs */
	word_t *message;     /* the eight message words: in `context`, or a guest's `vcpu_message`, since its s2 to s9 are its own */
	word_t vcpu_message[L4_MESSAGE_REGISTERS];
	word_t fcsr;
	uint64_t fpu[32];
};
