/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Templates of programs that pagers serve: the file's segments as pages, made once and kept, so that partitions share what they only read, and a
 * restart copies nothing.
 */
#pragma once

#include <servers/pager.h>

#include "monitor.h"

#define IMAGE_REGIONS 8

struct image {
	char program[SYSTEM_PROGRAM_SIZE]; /* empty: unused */
	l4_word_t entry;
	unsigned int count;
	struct pager_region region[IMAGE_REGIONS]; /* `template` is a slot of the monitor's */
};

/* The template of a program of the bundle; null where there is no memory for it or the file is bad. */
const struct image *image_of(const char *program);
