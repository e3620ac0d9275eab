/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measures when its window starts: sets its timer for a time at which somebody else's window runs, so that it wakes with the first instruction that its own
 * domain has, and compares the clock then with the table. It has one window in each major frame.
 *
 * Arguments: frames=N  after N frames print a last line and end the test
 *            table=T   follow this table first
 *            limit=I   instructions, of 1 ns each, from the table's entry to its own first one that the test allows
 * The line's hash is of all these times in order, in ticks of the clock; its overrun the most by which any window's domain was let in after its entry and pad.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/arch/time.h>
#include <l4/debug.h>
#include <l4/schedule.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>
#include <servers/monitor.h>
#include <userland/arguments.h>

#define NS_PER_S 1000000000UL
#define BEFORE_US 1 /* that the timer is due before the window */
#define SETTLE 10   /* frames at the beginning that are not measured: its own first steps */
#define FNV_OFFSET 0xcbf29ce484222325UL
#define FNV_PRIME 0x100000001b3UL

static struct {
	uint64_t frames;
	uint64_t limit;
	const char *table;
} settings = {.table = "strict"};

static struct {
	uint64_t frames;
	uint64_t missed;
	uint64_t least;
	uint64_t most;
	uint64_t hash;
	uint64_t overrun;
} seen = {.least = UINT64_MAX, .hash = FNV_OFFSET};

static void read_arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		settings.frames = argument_number(argv[i], "frames", settings.frames);
		settings.limit = argument_number(argv[i], "limit", settings.limit);
		if (strncmp(argv[i], "table=", 6) == 0)
			settings.table = argv[i] + 6;
	}
}

/* The cycle counter counts nanoseconds where instructions have a fixed length. */
static uint64_t nanoseconds_of(l4_word_t ticks)
{
	return ticks * ((NS_PER_S + l4_ticks_per_second() / 2) / l4_ticks_per_second());
}

static void look(l4_word_t start, l4_word_t ticks, uint64_t cycles)
{
	uint64_t late = cycles - nanoseconds_of(start);
	seen.frames++;
	seen.least = late < seen.least ? late : seen.least;
	seen.most = late > seen.most ? late : seen.most;
	seen.hash = (seen.hash ^ (ticks - start)) * FNV_PRIME;
}

/* Sleeps until the window after the one that started at `start`. */
static void wait_for_window(l4_word_t start, l4_word_t frame)
{
	L4_REQUIRE(l4_timer_arm(l4_startup_cap("timer"), start + frame - l4_ticks_of_microseconds(BEFORE_US)));
	l4_wait(l4_startup_cap("notification"));
}

static l4_word_t start_of_window(void)
{
	l4_word_t start, latest;
	L4_REQUIRE(l4_schedule_control_info(l4_startup_cap(L4_SCHEDULE_CONTROL), NULL, &start, NULL, NULL, &latest, NULL));
	seen.overrun = nanoseconds_of(latest);
	return start;
}

static l4_word_t frame_length(void)
{
	char name[L4_STARTUP_NAME_SIZE];
	l4_word_t windows, most, frame, state;
	snprintf(name, sizeof(name), "%s" L4_SCHEDULE_TABLE, settings.table);
	L4_REQUIRE(l4_schedule_info(l4_startup_cap(name), &windows, &most, &frame, &state));
	return frame;
}

static void measure(void)
{
	l4_word_t frame = frame_length(), start = start_of_window();
	for (uint64_t n = 0; n < settings.frames + SETTLE; n++) {
		wait_for_window(start, frame);
		uint64_t cycles = l4_arch_cycles();
		l4_word_t ticks = l4_now(), now = start_of_window();
		if (n >= SETTLE) {
			look(now, ticks, cycles);
			seen.missed += (now - start) / frame - 1;
		}
		start = now;
	}
}

int main(int argc, char **argv)
{
	read_arguments(argc, argv);
	L4_REQUIRE(l4_timer_bind(l4_startup_cap("timer"), l4_startup_cap("timer.notify")));
	L4_REQUIRE(l4_schedule_follow(settings.table));
	measure();
	bool well = !seen.missed && seen.most <= settings.limit;
	printf("STRICT %s frames %lu missed %lu least %lu most %lu overrun %lu hash %016lx\n", well ? "ok" : "FAIL", seen.frames, seen.missed, seen.least, seen.most,
	       seen.overrun, seen.hash);
	struct l4_registers m = {{well ? MONITOR_EXIT_SUCCESS : MONITOR_EXIT_SYSTEM_FAILED}};
	l4_call(l4_startup_cap("monitor"), l4_tag(MONITOR_END_TEST, 1), &m);
	return well ? 0 : 1; /* outside a test system */
}
