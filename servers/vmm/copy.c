/* SPDX-License-Identifier: BSD-2-Clause */
#include "copy.h"

#include <stdint.h>
#include <string.h>

#define AT_ONCE 8 /* words */

/* The compiler must not see what this is, and make a call of memcpy() of it. */
#define COPY_WORDS(NAME, TYPE) \
	static __attribute__((optimize("no-tree-loop-distribute-patterns"))) size_t NAME(uint8_t *to, const uint8_t *from, size_t size) \
	{ \
		typedef TYPE __attribute__((may_alias)) word; \
		size_t done = 0; \
		for (; size - done >= AT_ONCE * sizeof(word); done += AT_ONCE * sizeof(word)) { \
			const word *source = (const word *)(from + done); \
			word *target = (word *)(to + done); \
			word a = source[0], b = source[1], c = source[2], d = source[3], e = source[4], f = source[5], g = source[6], h = source[7]; \
			target[0] = a, target[1] = b, target[2] = c, target[3] = d, target[4] = e, target[5] = f, target[6] = g, target[7] = h; \
		} \
		return done; \
	}
COPY_WORDS(copy_long_words, uint64_t)
COPY_WORDS(copy_words, uint32_t)

void copy_much(void *to, const void *from, size_t size)
{
	uint8_t *target = to;
	const uint8_t *source = from;
	size_t done = -(uintptr_t)target % sizeof(uint64_t), apart = (uintptr_t)target - (uintptr_t)source;
	if (done > size)
		done = size;
	memcpy(target, source, done);
	if (apart % sizeof(uint64_t) == 0)
		done += copy_long_words(target + done, source + done, size - done);
	else if (apart % sizeof(uint32_t) == 0)
		done += copy_words(target + done, source + done, size - done);
	memcpy(target + done, source + done, size - done);
}
