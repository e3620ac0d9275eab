/* SPDX-License-Identifier: BSD-2-Clause */
/* All operations of the ABI as a table, for the cases that hold for each of them. Made from libl4/abi/abi.toml by operations.py. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <l4/abi/types.h>

/* A type of 0: a plain word. */
struct operation_argument {
	l4_word_t type;
	l4_word_t rights;
	bool optional;
};

struct operation {
	const char *name;
	l4_word_t type;
	l4_word_t label;
	l4_word_t rights;
	size_t arguments;
	struct operation_argument argument[7];
};

extern const struct operation operations[];
extern const size_t operation_count;
