/* SPDX-License-Identifier: BSD-2-Clause */
/* Code that a thread tries, and that comes to an exception of its own and to nothing else. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <l4/abi/types.h>

/* Vectors, one bit each. */
#define DE (1U << 0)
#define DB (1U << 1)
#define BP (1U << 3)
#define UD (1U << 6)
#define NM (1U << 7)
#define SS (1U << 12)
#define GP (1U << 13)
#define PF (1U << 14)
#define AC (1U << 17)
#define NONE (1U << 31) /* the code returns */

#define CODE_MAX 48
#define ANYWHERE 0xff

/* Code that ends by a return, and what it may come to: more than one where processors differ. */
struct attempt {
	const char *what;
	uint8_t code[CODE_MAX];
	uint32_t outcome;
	unsigned int at; /* offset of the program counter that is told, or ANYWHERE */
};

#define RET 0xc3

/* A thread of its own tries each; then a thread of another space is still served, and the kernel's invariants hold. */
void try_all(const struct attempt *attempts, size_t count);

#define TRY_ALL(attempts) try_all(attempts, sizeof(attempts) / sizeof(attempts[0]))
