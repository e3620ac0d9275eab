/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes wrong in partitions, in words, and what becomes of them. */
#pragma once

#include "monitor.h"

/* A fault of one of the partition's threads (words: enum monitor_fault_words): says it and does what the description has for it. `who`: "pager " or "". */
void fault_report(struct part *part, const char *who, const l4_word_t *words);

/* Turns a message of the kernel's (l4/abi/fault.h) into those words. */
void fault_from_kernel(const struct part *part, l4_word_t label, const l4_word_t *message, l4_word_t *words);

/* The program ended by itself. Where its description has a failure ignored, or only logged, it ended all the same. */
void fault_exit(struct part *part, l4_word_t status);
