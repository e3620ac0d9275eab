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

/* Any value, at no cost. */
static inline __attribute__((always_inline)) l4_word_t l4_any_word(void)
{
	l4_word_t word;
	__asm__("" : "=r"(word));
	return word;
}

/* Message word `index`; the kernel does not look at words beyond a message's length, so those need not be loaded where the length is known. */
static inline __attribute__((always_inline)) l4_word_t l4_message_word(const struct l4_registers *m, unsigned int index, l4_word_t tag)
{
	if (__builtin_constant_p(tag & L4_TAG_LENGTH_MASK) && index >= (tag & L4_TAG_LENGTH_MASK))
		return l4_any_word();
	return m->word[index];
}

/*
 * Always inlined: the kernel keeps nothing but sp, tp and the pc across a call, so an out-of-line wrapper would have to save and
 * restore every callee-saved register around it.
 */
static inline __attribute__((always_inline)) struct l4_result l4_ecall(int64_t number, l4_cap_t cap, l4_word_t tag, struct l4_registers *m)
{
	register l4_word_t a0 __asm__("a0") = cap;
	register l4_word_t a1 __asm__("a1") = tag;
	register l4_word_t a2 __asm__("a2");
	register int64_t a7 __asm__("a7") = number;
	register l4_word_t w0 __asm__("s2") = l4_message_word(m, 0, tag);
	register l4_word_t w1 __asm__("s3") = l4_message_word(m, 1, tag);
	register l4_word_t w2 __asm__("s4") = l4_message_word(m, 2, tag);
	register l4_word_t w3 __asm__("s5") = l4_message_word(m, 3, tag);
	register l4_word_t w4 __asm__("s6") = l4_message_word(m, 4, tag);
	register l4_word_t w5 __asm__("s7") = l4_message_word(m, 5, tag);
	register l4_word_t w6 __asm__("s8") = l4_message_word(m, 6, tag);
	register l4_word_t w7 __asm__("s9") = l4_message_word(m, 7, tag);
	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "=r"(a2), "+r"(a7), "+r"(w0), "+r"(w1), "+r"(w2), "+r"(w3), "+r"(w4), "+r"(w5), "+r"(w6), "+r"(w7)
			 :
			 : "memory", "ra", "gp", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a3", "a4", "a5", "a6", "s0", "s1", "s10", "s11");
	*m = (struct l4_registers){{w0, w1, w2, w3, w4, w5, w6, w7}};
	return (struct l4_result){(l4_status_t)a0, a1, a2};
}
