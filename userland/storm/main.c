/* SPDX-License-Identifier: BSD-2-Clause */
/* A storm of page faults: touches its memory page by page, gives it back to its pager, and begins again. */
#include <stdio.h>
#include <stdlib.h>

#include <l4/startup.h>
#include <l4/syscall.h>
#include <servers/pager.h>

#define PAGES 128UL
#define PAGE_SIZE (1UL << L4_PAGE_BITS)
#define ROUNDS_PER_LINE 100

static void touch(volatile unsigned char *heap, unsigned long round)
{
	for (unsigned long page = 0; page < PAGES; page++) {
		if (heap[page * PAGE_SIZE] != 0) {
			printf("storm: a discarded page is not cleared\n");
			exit(1);
		}
		heap[page * PAGE_SIZE] = (unsigned char)(round | 1);
	}
}

static void discard(const void *heap)
{
	struct l4_registers m = {{(l4_word_t)heap, PAGES}};
	struct l4_result result = l4_call(l4_startup_cap("pager"), l4_tag(PAGER_DISCARD, 2), &m);
	if (result.status != L4_OK || l4_tag_label(result.tag) != PAGER_OK) {
		printf("storm: the pager takes nothing back\n");
		exit(1);
	}
}

int main(void)
{
	/* The middle of the heap, which malloc does not reach. */
	unsigned char *heap = (unsigned char *)l4_startup()->heap_start + 1024 * PAGE_SIZE;
	for (unsigned long round = 1;; round++) {
		touch(heap, round);
		discard(heap);
		if (round % ROUNDS_PER_LINE == 0)
			printf("storm: %lu page faults\n", round * PAGES);
	}
}
