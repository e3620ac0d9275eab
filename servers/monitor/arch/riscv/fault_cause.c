/* SPDX-License-Identifier: BSD-2-Clause */
#include "../../fault_cause.h"

#include <stdio.h>

/* Every exception of a program comes with an address, or with the instruction. */
const char *fault_cause_deed(l4_word_t cause)
{
	(void)cause;
	return NULL;
}

void fault_cause_number(char *text, size_t size, l4_word_t cause)
{
	snprintf(text, size, "cause %lu", cause);
}
