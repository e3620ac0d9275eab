/* SPDX-License-Identifier: BSD-2-Clause */
/* Text to the firmware's console, for panics and for programs that run before there is a console server. */
#pragma once

#include <kernel/types.h>

/* What the machine ends with where its system has failed. */
#define STATUS_SYSTEM_FAILURE 20

void print_text(const char *text);
void print_hex(word_t value);
void print_decimal(word_t value);

/* A kernel bug: says what and stops the machine. */
NORETURN void panic(const char *what, word_t value);

/* Checked in every build: a broken one would break isolation. */
#define KERNEL_ASSERT(condition, value)                         \
	do {                                                    \
		if (__builtin_expect(!(condition), 0))          \
			panic("broken: " #condition, (word_t)(value)); \
	} while (0)
