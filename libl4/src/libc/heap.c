/* SPDX-License-Identifier: BSD-2-Clause */
/* sbrk over one range of memory. malloc holds the C library's lock around its calls. */
#include <l4/heap.h>

#include <errno.h>
#include <unistd.h>

static char *heap_break;
static char *heap_start;
static char *heap_end;

void l4_heap_set(void *start, size_t size)
{
	heap_start = start;
	heap_break = start;
	heap_end = heap_start + size;
}

size_t l4_heap_left(void)
{
	return (size_t)(heap_end - heap_break);
}

void *sbrk(ptrdiff_t change)
{
	char *old = heap_break;

	if (change > heap_end - heap_break || change < heap_start - heap_break) {
		errno = ENOMEM;
		return (void *)-1;
	}
	heap_break += change;
	return old;
}
