/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading and writing control and status registers from C, and trying out whether one exists. */
#pragma once

#include <arch/csr.h>
#include <kernel/types.h>

#define CSR_TEXT_(csr) #csr
#define CSR_TEXT(csr) CSR_TEXT_(csr)

#define csr_read(csr)                                                            \
	({                                                                       \
		word_t csr_value_;                                               \
		__asm__ volatile("csrr %0, " CSR_TEXT(csr) : "=r"(csr_value_)); \
		csr_value_;                                                      \
	})

#define csr_write(csr, value) __asm__ volatile("csrw " CSR_TEXT(csr) ", %0" : : "rK"((word_t)(value)) : "memory")

#define csr_set(csr, bits) __asm__ volatile("csrs " CSR_TEXT(csr) ", %0" : : "rK"((word_t)(bits)) : "memory")

#define csr_clear(csr, bits) __asm__ volatile("csrc " CSR_TEXT(csr) ", %0" : : "rK"((word_t)(bits)) : "memory")

/* Writes, and gives what was there. */
#define csr_swap(csr, value)                                                                                                                         \
	({                                                                                                                                           \
		word_t csr_old_;                                                                                                                     \
		__asm__ volatile("csrrw %0, " CSR_TEXT(csr) ", %1" : "=r"(csr_old_) : "r"((word_t)(value)) : "memory"); \
		csr_old_;                                                                                                                            \
	})

/* Whether the hart lets the kernel read the register. A trap comes back to the label; it changes nothing that the kernel relies on in itself. */
#define csr_exists(csr)                                                    \
	({                                                                 \
		word_t csr_exists_, csr_vector_;                           \
		__asm__ volatile("la %1, 1f\n\t"                           \
				 "csrrw %1, stvec, %1\n\t"                 \
				 "li %0, 0\n\t"                            \
				 "csrr zero, " CSR_TEXT(csr) "\n\t"        \
				 "li %0, 1\n\t"                            \
				 ".balign 4\n"                             \
				 "1:\n\t"                                  \
				 "csrw stvec, %1"                          \
				 : "=&r"(csr_exists_), "=&r"(csr_vector_)  \
				 :                                         \
				 : "memory");                              \
		(bool)csr_exists_;                                         \
	})
