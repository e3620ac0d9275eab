/* SPDX-License-Identifier: BSD-2-Clause */
#include "sbi.h"

struct sbi_result sbi_call(word_t extension, word_t function, word_t argument0, word_t argument1)
{
	register word_t a0 __asm__("a0") = argument0;
	register word_t a1 __asm__("a1") = argument1;
	register word_t a2 __asm__("a2") = 0;
	register word_t a6 __asm__("a6") = function;
	register word_t a7 __asm__("a7") = extension;
	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
	return (struct sbi_result){(int64_t)a0, a1};
}

bool sbi_has(word_t extension)
{
	struct sbi_result result = sbi_call(SBI_BASE, SBI_BASE_PROBE, extension, 0);
	return result.error == SBI_SUCCESS && result.value;
}
