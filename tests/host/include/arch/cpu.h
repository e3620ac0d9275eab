/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/types.h>

struct cpu;

/* What the user of the current thread has in its registers while the kernel runs. */
struct arch_cpu {
	word_t user_pc;
	word_t user_message[L4_MESSAGE_REGISTERS];
};

/* The build machine stands for one processor. */
extern struct cpu machine_cpu;

static inline struct cpu *cpu_self(void)
{
	return &machine_cpu;
}
