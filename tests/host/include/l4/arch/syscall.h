/* SPDX-License-Identifier: BSD-2-Clause */
/* User code on the build machine: its system calls go to a model of the kernel (fake_kernel.c). */
#pragma once

#include <l4/abi/types.h>

struct l4_registers {
	l4_word_t word[L4_MESSAGE_REGISTERS];
};

struct l4_result {
	l4_status_t status;
	l4_word_t tag;
	l4_word_t badge;
};

struct l4_result l4_ecall(int64_t number, l4_cap_t cap, l4_word_t tag, struct l4_registers *m);
