/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shell: looks at partitions, and stops, starts and restarts them, by name. It does nothing itself: it asks the monitor, which answers what the
 * description lets this partition ask (the key `monitor`).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/console_client.h>
#include <l4/startup.h>
#include <servers/monitor.h>

#include "line.h"
#include "show.h"

#define LOG_LINES 32 /* as many as the monitor keeps */
#define EVERYBODY (~0UL)

static const char *own_name;
static struct reply reply;

struct command {
	const char *name;
	const char *argument;
	const char *meaning;
	enum monitor_command command;
	bool is_table;                                              /* that has a line for each partition, where none is named */
	bool (*run)(l4_word_t index, const char *name, bool first); /* with the partition that the argument names; null: it names none */
};

/* Why the monitor did not do it. */
static void explain(const struct command *command, const char *name)
{
	switch (reply.label) {
	case MONITOR_REFUSED:
		printf("%s: the description does not let '%s' ask that of '%s'; \"%s\" or \"%s:%s\" in its key `monitor` would\n", command->name, own_name,
		       name, command->name, command->name, name);
		return;
	case MONITOR_ALREADY:
		printf("'%s' %s\n", name, command->command == MONITOR_COMMAND_STOP ? "does not run" : "runs already; did you mean restart?");
		return;
	case MONITOR_FAILED:
		printf("'%s' could not be built; `log` may tell why\n", name);
		return;
	default:
		printf("%s: the monitor does not answer\n", command->name);
	}
}

static bool change(enum monitor_command command, l4_word_t index, const char *name, const char *done)
{
	if (!ask(MONITOR_COMMAND + command, index, 0, &reply))
		return false;
	printf("'%s' %s\n", name, done);
	return true;
}

static bool restart(l4_word_t index, const char *name, bool first)
{
	(void)first;
	return change(MONITOR_COMMAND_RESTART, index, name, "runs anew");
}

static bool stop(l4_word_t index, const char *name, bool first)
{
	(void)first;
	return change(MONITOR_COMMAND_STOP, index, name, "is stopped");
}

static bool start(l4_word_t index, const char *name, bool first)
{
	(void)first;
	return change(MONITOR_COMMAND_START, index, name, "runs");
}

static bool ps(l4_word_t index, const char *name, bool first)
{
	return show_ps(index, name, first, &reply);
}

static bool mem(l4_word_t index, const char *name, bool first)
{
	return show_mem(index, name, first, &reply);
}

static bool caps(l4_word_t index, const char *name, bool first)
{
	(void)first;
	return show_caps(index, name, &reply);
}

static bool health(l4_word_t index, const char *name, bool first)
{
	return show_health(index, name, first, &reply);
}

static bool ports(l4_word_t index, const char *name, bool first)
{
	(void)name;
	return show_ports(index, false, first, &reply);
}

static const struct command commands[] = {
	{"ps", "[NAME]", "what runs, and how much of its time it has used", MONITOR_COMMAND_PS, true, ps},
	{"mem", "[NAME]", "memory: all, free, and given to make objects of; of one partition also what is mapped by name", MONITOR_COMMAND_MEM, true, mem},
	{"caps", "NAME", "the capabilities that a partition was given, by their names", MONITOR_COMMAND_CAPS, false, caps},
	{"health", "[NAME]", "what has gone wrong, and how often; of one partition also what follows", MONITOR_COMMAND_HEALTH, true, health},
	{"ports", "[NAME]", "sampling and queuing ports: messages, overflows, and how old the last message is", MONITOR_COMMAND_PORTS, true, ports},
	{"log", "[N]", "the last N things that the monitor said", MONITOR_COMMAND_LOG, false, NULL},
	{"restart", "NAME", "take a partition's memory back, and build it anew", MONITOR_COMMAND_RESTART, false, restart},
	{"stop", "NAME", "take a partition's memory back", MONITOR_COMMAND_STOP, false, stop},
	{"start", "NAME", "build a partition that does not run", MONITOR_COMMAND_START, false, start},
	{"sched", "", "schedule tables: who has the processor when, and how they are kept", MONITOR_COMMAND_SCHED, false, NULL},
	{"schedule", "TABLE", "have the processor follow a schedule table from the end of the frame on", MONITOR_COMMAND_SCHEDULE, false, NULL},
};

#define COUNT (sizeof(commands) / sizeof(commands[0]))

/* Whether this partition may ask it of anybody. */
static bool is_allowed(enum monitor_command command)
{
	char name[NAME_SIZE];
	l4_word_t may = 0;
	bool (*at)(l4_word_t, char *, l4_word_t *) = command == MONITOR_COMMAND_SCHEDULE ? schedule_at : partition_at;
	for (l4_word_t i = 0; at(i, name, &may); i++)
		if (may >> command & 1)
			return true;
	return false;
}

static void help(void)
{
	for (size_t i = 0; i < COUNT; i++)
		printf("  %-9s%-7s %s%s\n", commands[i].name, commands[i].argument, commands[i].meaning,
		       is_allowed(commands[i].command) ? "" : " (not by this system's description)");
	printf("Ctrl-C drops a line, Ctrl-U empties it, the arrows bring old ones back; Ctrl-] ? tells the console's own keys.\n");
}

/* The index of a partition by its name, or EVERYBODY, which is said. */
static l4_word_t find(const char *wanted)
{
	char name[NAME_SIZE];
	l4_word_t may = 0;
	for (l4_word_t i = 0; partition_at(i, name, &may); i++)
		if (strcmp(name, wanted) == 0)
			return i;
	printf("there is no partition '%s'; there are", wanted);
	for (l4_word_t i = 0; partition_at(i, name, &may); i++)
		printf("%s %s", i ? "," : "", name);
	printf("\n");
	return EVERYBODY;
}

/* Those that it may be asked about. */
static void run_for_all(const struct command *command)
{
	char name[NAME_SIZE];
	l4_word_t may = 0;
	bool first = true;
	for (l4_word_t i = 0; partition_at(i, name, &may); i++) {
		if (!(may >> command->command & 1))
			continue;
		if (!command->run(i, name, first))
			explain(command, name);
		first = false;
	}
	if (first)
		printf("%s: the description lets '%s' ask that of no partition\n", command->name, own_name);
}

static void run_for_one(const struct command *command, const char *name)
{
	l4_word_t index = find(name);
	if (index == EVERYBODY)
		return;
	if (command->command == MONITOR_COMMAND_PORTS) {
		if (!show_ports(index, true, true, &reply))
			explain(command, name);
		return;
	}
	if (!command->run(index, name, true) || (command->command == MONITOR_COMMAND_MEM && !show_regions(index, &reply)))
		explain(command, name);
	else if (command->command == MONITOR_COMMAND_HEALTH)
		show_health_rows(&reply);
}

static void run_log(const struct command *command, const char *argument)
{
	char *end = NULL;
	unsigned long count = argument ? strtoul(argument, &end, 10) : LOG_LINES;
	if (end && (*end || count == 0))
		printf("log: '%s' is no number of lines; right would be a number from 1 on, or none\n", argument);
	else if (!show_log(count, &reply))
		explain(command, "monitor");
}

static void run_sched(const struct command *command, const char *argument)
{
	if (argument)
		printf("sched: '%s' is too much: it tells of all tables\n", argument);
	else if (show_sched(&reply))
		return;
	else if (reply.label == MONITOR_NONE)
		printf("the description has no schedule table: all share one endless window\n");
	else
		explain(command, "monitor");
}

static void run_schedule(const char *wanted)
{
	char name[NAME_SIZE];
	l4_word_t may = 0;
	for (l4_word_t i = 0; wanted && schedule_at(i, name, &may); i++) {
		if (strcmp(name, wanted) != 0)
			continue;
		if (ask(MONITOR_COMMAND + MONITOR_COMMAND_SCHEDULE, i, 0, &reply))
			printf("'%s' is followed from the end of the frame on\n", name);
		else
			printf("schedule: the description does not let '%s' choose '%s'; \"schedule:%s\" in its key `monitor` would\n", own_name, name, name);
		return;
	}
	printf("schedule: '%s' can choose", own_name);
	bool any = false;
	for (l4_word_t i = 0; schedule_at(i, name, &may); i++) {
		if (!(may >> MONITOR_COMMAND_SCHEDULE & 1))
			continue;
		printf("%s %s", any ? "," : "", name);
		any = true;
	}
	printf("%s\n", any ? "" : " no table");
}

static void run(const struct command *command, const char *argument)
{
	if (command->command == MONITOR_COMMAND_SCHED)
		run_sched(command, argument);
	else if (command->command == MONITOR_COMMAND_SCHEDULE)
		run_schedule(argument);
	else if (!command->run)
		run_log(command, argument);
	else if (argument)
		run_for_one(command, argument);
	else if (command->is_table)
		run_for_all(command);
	else
		printf("%s: of which partition? `%s NAME`\n", command->name, command->name);
}

static void take(char *line)
{
	char *name = strtok(line, " "), *argument = strtok(NULL, " "), *more = strtok(NULL, " ");
	if (!name)
		return;
	if (more) {
		printf("%s: '%s' is too much: a command has one argument at most\n", name, more);
		return;
	}
	if (strcmp(name, "help") == 0) {
		help();
		return;
	}
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(commands[i].name, name) == 0) {
			run(&commands[i], argument);
			return;
		}
	}
	printf("there is no command '%s'; `help` lists them\n", name);
}

int main(int argc, char **argv)
{
	char line[LINE_SIZE];
	own_name = argc > 0 ? argv[0] : "shell";
	printf("%s: `help` lists what it can do\n", own_name);
	if (!ask(MONITOR_LIST, 0, 0, &reply))
		printf("%s: the monitor answers none of it, for the description does not give this partition the key `monitor`\n", own_name);
	while (line_read("> ", line))
		take(line);
	return 1;
}
