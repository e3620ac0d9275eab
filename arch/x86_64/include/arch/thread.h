/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/types.h>

/* Index in arch_context.registers. The message words come first, since they must lie together; the ABI's own order is in context.c. */
enum x86_register {
	REG_RBX,
	REG_R8,
	REG_R9,
	REG_R10,
	REG_R12,
	REG_R13,
	REG_R14,
	REG_R15,
	REG_RIP,
	REG_RSP,
	REG_RBP,
	REG_FS_BASE,
	REG_RFLAGS,
	REG_RAX,
	REG_RCX,
	REG_RDX,
	REG_RSI,
	REG_RDI,
	REG_R11,
	REG_COUNT,
	REG_MESSAGE = REG_RBX, /* the first of the eight message words */
};

struct arch_context {
	word_t registers[REG_COUNT];
};

/* Room for the FPU's state as XSAVE lays it out: x87, SSE, AVX and AVX-512. Components that need more stay off. */
#define FPU_AREA_SIZE 2688
#define FPU_AREA_ALIGN 64

struct arch_thread {
	word_t *message;  /* the eight message words: in `context`, or a guest's `vcpu_message`, since its registers are its own */
	word_t vcpu_message[L4_MESSAGE_REGISTERS];
	bool fpu_enabled; /* its FPU registers are in the processor, and it may touch them */
	uint8_t fpu[FPU_AREA_SIZE] __attribute__((aligned(FPU_AREA_ALIGN)));
};
