/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/types.h>

/* Index in arch_context.registers, which is also the order of thread_read_registers. Results overwrite arguments, as on real machines. */
enum machine_register {
	REG_PC,
	REG_SP,
	REG_TP,
	REG_NUMBER,  /* in: the call's number */
	REG_A0,      /* in: the capability; out: the status */
	REG_A1,      /* the tag */
	REG_A2,      /* out: the badge; a new thread's argument */
	REG_MESSAGE, /* the first of the eight message words */
	REG_COUNT = REG_MESSAGE + L4_MESSAGE_REGISTERS,
};

#define L4_REGISTERS_COUNT REG_COUNT
#define MACHINE_SYSCALL_SIZE 4

struct arch_context {
	word_t registers[REG_COUNT];
	bool restart; /* the program counter stands before the system call, with its arguments */
};

struct arch_thread {
	word_t *message;
	word_t vcpu_message[L4_MESSAGE_REGISTERS];
	word_t fpu;
	bool fpu_enabled;
};
