/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments of the form KEY=N. */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* N, if the text is the key's; else what it is otherwise. */
static inline uint64_t argument_number(const char *text, const char *key, uint64_t otherwise)
{
	size_t length = strlen(key);
	return strncmp(text, key, length) == 0 && text[length] == '=' ? strtoull(text + length + 1, NULL, 10) : otherwise;
}
