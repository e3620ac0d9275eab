/* SPDX-License-Identifier: BSD-2-Clause */
/* The one place where user code enters the kernel. */
#pragma once

#include <l4/abi/arch.h>
#include <l4/abi/types.h>

struct l4_registers {
	l4_word_t word[L4_MESSAGE_REGISTERS];
};

/* What comes back beside the words. */
struct l4_result {
	l4_status_t status;
	l4_word_t tag;
	l4_word_t badge;
};

/* Declares message word `index` in its register. The kernel does not look at words beyond a message's length, so where that is known those keep whatever value they have. */
#define L4_MESSAGE_WORD(name, reg, index)                                                              \
	register l4_word_t name __asm__(reg);                                                          \
	if (__builtin_constant_p(tag & L4_TAG_LENGTH_MASK) && (index) >= (tag & L4_TAG_LENGTH_MASK))   \
		__asm__("" : "=r"(name));                                                              \
	else                                                                                           \
		name = m->word[index]

/*
 * Always inlined: the kernel keeps nothing but rsp, rbp and the thread pointer across a call, so an out-of-line wrapper would have to save and
 * restore every callee-saved register around it.
 */
static inline __attribute__((always_inline)) struct l4_result l4_ecall(int64_t number, l4_cap_t cap, l4_word_t tag, struct l4_registers *m)
{
	register int64_t rax __asm__("rax") = number;
	register l4_word_t rdi __asm__("rdi") = cap;
	register l4_word_t rsi __asm__("rsi") = tag;
	register l4_word_t rdx __asm__("rdx");
	L4_MESSAGE_WORD(w0, "rbx", 0);
	L4_MESSAGE_WORD(w1, "r8", 1);
	L4_MESSAGE_WORD(w2, "r9", 2);
	L4_MESSAGE_WORD(w3, "r10", 3);
	L4_MESSAGE_WORD(w4, "r12", 4);
	L4_MESSAGE_WORD(w5, "r13", 5);
	L4_MESSAGE_WORD(w6, "r14", 6);
	L4_MESSAGE_WORD(w7, "r15", 7);
	__asm__ volatile("syscall"
			 : "+r"(rax), "+r"(rdi), "+r"(rsi), "=r"(rdx), "+r"(w0), "+r"(w1), "+r"(w2), "+r"(w3), "+r"(w4), "+r"(w5), "+r"(w6), "+r"(w7)
			 :
			 : "memory", "cc", "rcx", "r11");
	*m = (struct l4_registers){{w0, w1, w2, w3, w4, w5, w6, w7}};
	return (struct l4_result){(l4_status_t)rax, rsi, rdx};
}
