/* SPDX-License-Identifier: BSD-2-Clause */
#include "entropy_draw.h"

#include <stdbool.h>

uint64_t entropy_draw(void)
{
	uint64_t word;
	bool given;
	__asm__ volatile("rdrand %0" : "=r"(word), "=@ccc"(given));
	return given ? word : 0;
}
