/* SPDX-License-Identifier: BSD-2-Clause */
/* What lies next to an address where nothing is, for messages. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A part of the guest-physical address space. `name` follows "nearest is". */
struct nearby {
	const char *name;
	uint64_t base;
	uint64_t size;
};

#define NEARBY_SIZE 96

/* Names the nearest of the `count` parts and the guest's memory: "nearest is its memory, 0x80000000 to 0x8fffffff". */
void nearby_describe(char text[NEARBY_SIZE], uint64_t address, const struct nearby *parts, unsigned int count);
