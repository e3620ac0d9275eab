/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program in which whatever can go wrong goes wrong when it is told so on its console; otherwise it gives signs of life. It counts its starts in what it keeps.
 * For tests of health monitoring.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/console_client.h>
#include <l4/debug.h>
#include <l4/health.h>
#include <l4/keep.h>
#include <l4/output.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>

#define LINE_SIZE 80
#define ROUND_US 20000

static unsigned long silent; /* rounds until its next sign of life; 0 while it gives one in each */

static void fault(unsigned long argument)
{
	volatile unsigned long nowhere = 8 + argument * 8;
	*(volatile int *)nowhere = 1;
}

static void illegal(unsigned long argument)
{
	(void)argument;
	__builtin_trap();
}

/* For so many milliseconds, most of which are waited for where the budget is short. */
static void spin(unsigned long argument)
{
	l4_word_t end = l4_now() + l4_ticks_of_microseconds(1000 * argument);
	while (l4_now() < end)
		;
	printf("spun\n");
}

static void error(unsigned long argument)
{
	L4_REQUIRE(l4_health_error(argument, "told to\nfail"));
	printf("went on after an error\n");
}

static void late(unsigned long argument)
{
	L4_REQUIRE(l4_health_deadline_missed(l4_ticks_of_microseconds(argument), "as it was told to"));
	printf("went on after a deadline\n");
}

static void leave(unsigned long argument)
{
	exit((int)argument);
}

static void silence(unsigned long argument)
{
	silent = argument;
}

/* Errors without end, as fast as the monitor hears them. */
static void flood(unsigned long argument)
{
	for (;;)
		l4_health_error(argument, "one of many");
}

static const struct {
	const char *name;
	void (*run)(unsigned long argument);
} commands[] = {
	{"fault", fault}, {"illegal", illegal}, {"spin", spin}, {"error", error}, {"late", late}, {"exit", leave}, {"silent", silence}, {"flood", flood},
};

static void run(char *line)
{
	char *name = strtok(line, " "), *argument = strtok(NULL, " ");
	for (size_t i = 0; name && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, name) == 0)
			commands[i].run(argument ? strtoul(argument, NULL, 10) : 0);
}

/* Takes what is typed, without waiting, until there is a line. */
static void listen(void)
{
	static char line[LINE_SIZE];
	static size_t length;
	char c;
	while (l4_console_poll(l4_console(), &c, 1) == 1) {
		if (c != '\r') {
			line[length] = c;
			length = (length + 1) % (LINE_SIZE - 1);
			continue;
		}
		line[length] = 0;
		length = 0;
		run(line);
	}
}

static void sleep_for_a_round(void)
{
	L4_REQUIRE(l4_timer_arm(l4_startup_cap("timer"), l4_now() + l4_ticks_of_microseconds(ROUND_US)));
	l4_wait(l4_startup_cap("notification"));
}

int main(void)
{
	l4_word_t *starts = (l4_word_t *)l4_startup_value(L4_KEEP);
	if (starts && ++*starts > 1)
		printf("patient: well, %lu starts in a row\n", *starts);
	else
		printf("patient: well\n");
	L4_REQUIRE(l4_timer_bind(l4_startup_cap("timer"), l4_startup_cap("timer.notify")));
	for (;;) {
		if (silent && --silent == 0)
			printf("well again\n");
		if (silent == 0)
			l4_health_alive();
		listen();
		sleep_for_a_round();
	}
}
