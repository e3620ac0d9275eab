/* SPDX-License-Identifier: BSD-2-Clause */
/* How much a trace may hold. A file of its own, for a test has another. */
#include <kernel/trace.h>

#include <kernel/arch.h>

#define RING_SHARE 4 /* a quarter of the object memory, at most: */
#define RING_MAX (8UL << 20)

size_t trace_ring_size(size_t object_memory)
{
	size_t share = object_memory / RING_SHARE & ~(PAGE_SIZE - 1);
	return share < RING_MAX ? share : RING_MAX;
}
