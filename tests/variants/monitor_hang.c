/* SPDX-License-Identifier: BSD-2-Clause */
/* A monitor that never comes back from the first program that ends (tests/system/test_health.py). */
#include "faults.h"

void __wrap_fault_exit(struct part *part, l4_word_t status);

void __wrap_fault_exit(struct part *part, l4_word_t status)
{
	(void)part;
	(void)status;
	for (;;)
		__asm__ volatile("");
}
