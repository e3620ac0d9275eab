/* SPDX-License-Identifier: BSD-2-Clause */
#include "nearby.h"

#include <stdio.h>

#include "ram.h"

static uint64_t distance(const struct nearby *part, uint64_t address)
{
	if (address < part->base)
		return part->base - address;
	return address - part->base < part->size ? 0 : address - part->base - part->size + 1;
}

void nearby_describe(char text[NEARBY_SIZE], uint64_t address, const struct nearby *parts, unsigned int count)
{
	struct nearby nearest = {.name = "its memory"};
	ram_range(&nearest.base, &nearest.size);
	for (unsigned int i = 0; i < count; i++)
		if (distance(&parts[i], address) < distance(&nearest, address))
			nearest = parts[i];
	snprintf(text, NEARBY_SIZE, "nearest is %s, %#lx to %#lx", nearest.name, nearest.base, nearest.base + nearest.size - 1);
}
