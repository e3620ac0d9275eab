/* SPDX-License-Identifier: BSD-2-Clause */
/* The architecture's part of a fault's words (arch/ISA/fault_cause.c). */
#pragma once

#include <stddef.h>

#include <l4/abi/types.h>

/* What the program did, for an exception of the processor that tells no address; NULL where the kernel's label and address say all there is. */
const char *fault_cause_deed(l4_word_t cause);

/* The processor's number of the exception, with what it adds to it. */
void fault_cause_number(char *text, size_t size, l4_word_t cause);
