/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The critical task: wakes 1000 times a second at absolute deadlines of a timer, steps a small control loop, and measures how late it woke. Where it may see the
 * schedule table, its deadlines are the starts of its windows, of which it then has one each millisecond.
 *
 * Arguments: periods=N  after N periods print a last line and end the test (0, the default: go on for ever)
 *            report=S   a line every S seconds (default 60; 0: none); any key typed at its console gives one at once
 *            limit=I    worst lateness in nanoseconds, which under -icount shift=0 are instructions, that the test allows
 */
#include <stdio.h>
#include <stdlib.h>

#include <l4/arch/time.h>
#include <l4/console_client.h>
#include <l4/debug.h>
#include <l4/health.h>
#include <l4/schedule.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>
#include <servers/monitor.h>
#include <userland/arguments.h>

#include "control.h"
#include "plant.h"
#include "ports.h"

#define PERIOD_US 1000
#define TIMER_BIT 1
#define NS_PER_S 1000000000UL

static struct settings {
	uint64_t periods;
	uint64_t report;
	uint64_t limit;
} settings = {.report = 60};

/* Never waits: where the console has no room the line is lost, not the deadline. */
static void print(const char *line, int length)
{
	struct l4_console *console = l4_console();
	bool signal = false;
	if (!console || length <= 0)
		return;
	l4_ring_push(&console->output, line, (uint32_t)length, &signal);
	if (signal)
		l4_signal(console->server);
}

static void read_arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		settings.periods = argument_number(argv[i], "periods", settings.periods);
		settings.report = argument_number(argv[i], "report", settings.report);
		settings.limit = argument_number(argv[i], "limit", settings.limit);
	}
}

/* RECENT is what has been since the last report, which begins anew. */
static void report(const struct jitter *jitter, struct jitter *recent, const struct plant *plant)
{
	char line[200];
	uint64_t mean = jitter->periods ? jitter->sum / jitter->periods : 0;
	print(line, snprintf(line, sizeof(line), "control: %lu periods, woke at most %lu ns late (lately %lu, mean %lu), missed %lu, plant at %ld of %ld\n",
			     jitter->periods, jitter->worst, recent->worst, mean, jitter->missed, plant->position, plant->target));
	*recent = (struct jitter){0};
}

static _Noreturn void finish(const struct jitter *jitter)
{
	char line[160];
	bool well = jitter->missed == 0 && (settings.limit == 0 || jitter->worst <= settings.limit);
	print(line, snprintf(line, sizeof(line), "JITTER %s periods %lu missed %lu worst %lu mean %lu limit %lu\n", well ? "ok" : "FAIL", jitter->periods,
			     jitter->missed, jitter->worst, jitter->sum / jitter->periods, settings.limit));
	struct l4_registers m = {{well ? MONITOR_EXIT_SUCCESS : MONITOR_EXIT_SYSTEM_FAILED}};
	l4_call(l4_startup_cap("monitor"), l4_tag(MONITOR_END_TEST, 1), &m);
	exit(well ? 0 : 1); /* outside a test system */
}

/*
 * How late it is, in nanoseconds. A tick of the clock is many instructions long; how far into its first tick the task woke is not seen, so lateness is
 * rounded up to a whole tick.
 */
static uint64_t lateness(l4_word_t deadline)
{
	l4_word_t ticks = l4_now() - deadline + 1, second = l4_ticks_per_second();
	return ticks / second * NS_PER_S + (ticks % second * NS_PER_S + second - 1) / second;
}

/* Whether somebody at the attached terminal has typed anything. A bounded look, each period. */
static bool is_asked(void)
{
	char typed[16];
	struct l4_console *console = l4_console();
	return console && l4_console_poll(console, typed, sizeof(typed)) > 0;
}

/* The first deadline, some periods from now. It runs, so it is in one of its windows. */
static l4_word_t prepare(void)
{
	l4_cap_t schedule = l4_startup_cap(L4_SCHEDULE_CONTROL);
	l4_word_t start = l4_now();
	L4_REQUIRE(l4_timer_bind(l4_startup_cap("timer"), l4_startup_cap("timer.notify")));
	if (schedule)
		L4_REQUIRE(l4_schedule_control_info(schedule, NULL, &start, NULL, NULL, NULL, NULL));
	return start + l4_ticks_of_microseconds(10 * PERIOD_US);
}

static void run(void)
{
	l4_cap_t timer = l4_startup_cap("timer"), notification = l4_startup_cap("notification");
	l4_word_t period = l4_ticks_of_microseconds(PERIOD_US), deadline = prepare();
	struct jitter jitter = {0}, recent = {0};
	struct plant plant = {0};
	uint64_t next_report = settings.report * 1000;
	bool is_watched = l4_startup_cap(L4_HEALTH_WATCHDOG);
	ports_open();
	for (;;) {
		L4_REQUIRE(l4_timer_arm(timer, deadline));
		while (!(l4_wait(notification) & TIMER_BIT))
			; /* a port's other end: it is looked at once a period */
		uint64_t late = lateness(deadline);
		plant_step(&plant);
		if (is_watched)
			l4_health_alive();
		jitter_add(&jitter, late, PERIOD_US * 1000);
		jitter_add(&recent, late, PERIOD_US * 1000);
		ports_step(&jitter, &plant);
		deadline += period * (1 + late / (PERIOD_US * 1000));
		if (settings.periods && jitter.periods >= settings.periods)
			finish(&jitter);
		bool is_due = settings.report && jitter.periods >= next_report;
		if (is_due)
			next_report += settings.report * 1000;
		if (is_due || is_asked())
			report(&jitter, &recent, &plant);
	}
}

int main(int argc, char **argv)
{
	read_arguments(argc, argv);
	run();
	return 0;
}
