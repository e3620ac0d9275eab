/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Never rests, and tells when it runs: of every so many stretches of time without a gap the start and the end. What it does beside that its arguments say:
 * every=N (tells of each Nth stretch), follow=TABLE after=N (behind as many stretches the processor is to follow that table).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/debug.h>
#include <l4/schedule.h>
#include <l4/time.h>

#define GAP_US 20
#define STEPS 256 /* between two looks at the clock, which cost more than others where instructions are counted */

static unsigned long every = 4, after;
static const char *table;

static void read_arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "every=", 6) == 0)
			every = strtoul(argv[i] + 6, NULL, 10);
		else if (strncmp(argv[i], "after=", 6) == 0)
			after = strtoul(argv[i] + 6, NULL, 10);
		else if (strncmp(argv[i], "follow=", 7) == 0)
			table = argv[i] + 7;
	}
}

static void step(void)
{
	for (int i = 0; i < STEPS; i++)
		__asm__ volatile("");
}

static void ended(unsigned long count, l4_word_t start, l4_word_t end)
{
	if (count % every == 0)
		printf("stretch %lu from %lu to %lu us\n", count, l4_microseconds_of_ticks(start), l4_microseconds_of_ticks(end));
	if (!table || count != after)
		return;
	printf("%s is to be followed\n", table); /* first: by that table it may not run */
	l4_status_t status = l4_schedule_follow(table);
	if (status != L4_OK)
		printf("%s is not to be followed: %s\n", table, l4_error_name(status));
}

int main(int argc, char **argv)
{
	l4_word_t gap = l4_ticks_of_microseconds(GAP_US), start = l4_now(), last = start;
	unsigned long count = 0;
	read_arguments(argc, argv);
	for (;;) {
		l4_word_t now = l4_now();
		if (now - last > gap) {
			ended(++count, start, last);
			start = now;
			now = l4_now();
		}
		last = now;
		step();
	}
}
