/* SPDX-License-Identifier: BSD-2-Clause */
/* What the compiler expects of any C program. Eight words a turn: clearing memory is the longest that the kernel does. */
#include <kernel/types.h>

#define NO_IDIOMS __attribute__((optimize("no-tree-loop-distribute-patterns")))

NO_IDIOMS void *memset(void *memory, int value, size_t size)
{
	char *at = memory, *end = at + size;
	word_t pattern = (unsigned char)value * 0x0101010101010101UL;
	if (((word_t)at & 7) == 0) {
		for (; end - at >= 64; at += 64) {
			word_t *words = (word_t *)at;
			words[0] = words[1] = words[2] = words[3] = pattern;
			words[4] = words[5] = words[6] = words[7] = pattern;
		}
	}
	while (at < end)
		*at++ = value;
	return memory;
}

NO_IDIOMS void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	char *target = to, *end = target + size;
	const char *source = from;
	if ((((word_t)target | (word_t)source) & 7) == 0) {
		for (; end - target >= 8; target += 8, source += 8)
			*(word_t *)target = *(const word_t *)source;
	}
	while (target < end)
		*target++ = *source++;
	return to;
}

NO_IDIOMS int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *left = a, *right = b;
	for (; size; size--, left++, right++) {
		if (*left != *right)
			return *left - *right;
	}
	return 0;
}
