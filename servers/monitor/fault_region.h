/* SPDX-License-Identifier: BSD-2-Clause */
/* What lies at an address of a partition's program (its pager has a space of its own), in words that its description and its source know. */
#pragma once

#include <stdbool.h>

#include "monitor.h"

struct fault_region {
	char name[SYSTEM_NAME_SIZE + 16]; /* for a sentence: "its code", "'samples'" */
	l4_word_t rights;                 /* that the program has there */
	bool is_shared;                   /* a channel's or device's: what it may do there is in the description */
};

/* False where nothing is. Of a program with a pager something is also where no page has been needed yet. */
bool fault_region_at(const struct part *part, l4_word_t address, struct fault_region *region);
