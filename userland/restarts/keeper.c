/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts its starts in what it keeps, and fills all of that with a pattern of the count: each warm start must find it as it was left, in every word, and each
 * cold start nothing at all. Arguments: its size in pages, and after how many starts the program no longer faults at once, but when something is typed.
 */
#include <stdio.h>
#include <stdlib.h>

#include <l4/abi/types.h>
#include <l4/console_client.h>
#include <l4/debug.h>
#include <l4/keep.h>
#include <l4/startup.h>

#include <userland/fault.h>

#define STEP 0x9e3779b97f4a7c15UL
#define PAGE_WORDS ((1UL << L4_PAGE_BITS) / sizeof(l4_word_t))

static void check(const l4_word_t *kept, l4_word_t words, l4_word_t count)
{
	for (l4_word_t i = 0; i < words; i++)
		L4_ENSURE(kept[i] == (count ? count + i * STEP : 0));
}

static void fill(l4_word_t *kept, l4_word_t words, l4_word_t count)
{
	for (l4_word_t i = 0; i < words; i++)
		kept[i] = count + i * STEP;
}

static void wait_for_key(void)
{
	char key;
	L4_ENSURE(l4_console_read(l4_console(), &key, 1) == 1);
}

int main(int argc, char **argv)
{
	l4_word_t *kept = (l4_word_t *)l4_startup_value(L4_KEEP);
	L4_ENSURE(argc == 3 && kept);
	l4_word_t words = strtoul(argv[1], NULL, 10) * PAGE_WORDS, count = kept[0];
	L4_ENSURE((count != 0) == l4_startup_value(L4_KEEP_WARM));
	check(kept, words, count);
	fill(kept, words, ++count);
	if (count == 1)
		printf("a cold start\n");
	if (count >= strtoul(argv[2], NULL, 10)) {
		printf("start %lu since a cold one\n", count);
		wait_for_key();
	}
	fault();
	return 0;
}
