/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes to its console as fast as that takes it. */
#include <stdio.h>

#include <l4/output.h>

int main(void)
{
	for (unsigned long i = 0;; i++) {
		char line[80];
		int length = snprintf(line, sizeof(line), "flood %lu: the quick brown fox jumps over the lazy dog\n", i);
		l4_output(line, (size_t)length);
	}
}
