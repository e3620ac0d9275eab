/* SPDX-License-Identifier: BSD-2-Clause */
/* A playground: a partition to break, and to watch the others not care. Reads commands from its console. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/console_client.h>
#include <l4/debug.h>
#include <l4/output.h>
#include <l4/startup.h>
#include <l4/syscall.h>
#include <l4/time.h>
#include <servers/pager.h>

#define LINE_SIZE 80
#define PAGE_SIZE (1UL << L4_PAGE_BITS)

static int counter = 41; /* in the program's image: its page is copied when it is first written */

static void memory_use(void)
{
	struct l4_registers m = {{0}};
	l4_call(l4_startup_cap("pager"), l4_tag(PAGER_USE, 0), &m);
	printf("%lu of %lu pages in use\n", m.word[0], m.word[1]);
}

/* Touches that many pages more. */
static void take(const char *argument)
{
	unsigned long pages = strtoul(argument, NULL, 10);
	char *memory = malloc(pages * PAGE_SIZE);
	if (!memory) {
		printf("the heap has no room for %lu pages\n", pages);
		return;
	}
	for (unsigned long i = 0; i < pages; i++)
		memory[i * PAGE_SIZE] = 1;
	memory_use();
}

static void crash(const char *argument)
{
	(void)argument;
	volatile unsigned long nowhere = 8;
	*(volatile int *)nowhere = 1;
}

__attribute__((noinline)) static unsigned long recurse(unsigned long depth)
{
	volatile char frame[512] = {(char)depth};
	return depth == 0 ? 0 : recurse(depth - 1) + (unsigned long)frame[0];
}

static void stack(const char *argument)
{
	(void)argument;
	printf("%lu\n", recurse(1000000));
}

static void illegal(const char *argument)
{
	(void)argument;
	__builtin_trap();
}

/* In the middle of the address space, where no processor has addresses. */
static void nowhere(const char *argument)
{
	(void)argument;
	volatile unsigned long address = 1UL << 62;
	printf("%d\n", *(volatile int *)address);
}

/* Some processors make a number of it. */
static void divide(const char *argument)
{
	volatile int zero = atoi(argument);
	printf("%d\n", 42 / zero);
}

static void text(const char *argument)
{
	(void)argument;
	*(volatile char *)(unsigned long)&text = 0;
}

static void data(const char *argument)
{
	(void)argument;
	((void (*)(void))(unsigned long)&counter)();
}

/* Waits by a capability that may be for sending only. */
static void receive(const char *argument)
{
	l4_cap_t cap = l4_startup_cap(argument);
	struct l4_registers m;
	L4_REQUIRE_CAP(cap, l4_recv_nonblocking(cap, &m).status);
}

/* Signals by a capability that may be for waiting only. */
static void signal(const char *argument)
{
	l4_cap_t cap = l4_startup_cap(argument);
	L4_REQUIRE_CAP(cap, l4_signal(cap));
}

static void count(const char *argument)
{
	(void)argument;
	printf("the counter is %d\n", ++counter);
}

static void spin(const char *argument)
{
	l4_word_t end = l4_now() + strtoul(argument, NULL, 10) * l4_ticks_per_second();
	while (l4_now() < end)
		;
	printf("done\n");
}

/* Spoils the index of the ring that the console reads. */
static void jam(const char *argument)
{
	(void)argument;
	struct l4_ring_shared *ring = (struct l4_ring_shared *)l4_startup_value(L4_CONSOLE_OUTPUT);
	atomic_store(&ring->head, atomic_load(&ring->tail) + 1000000);
	l4_signal(l4_startup_cap(L4_CONSOLE_SERVER));
	for (;;) /* what it wrote now would mend the ring, before a server that has no time left has seen it */
		l4_wait(l4_startup_cap(L4_CONSOLE_WAIT));
}

static void show(const char *argument)
{
	(void)argument;
	memory_use();
}

static void leave(const char *argument)
{
	exit(atoi(argument));
}

static void help(const char *argument);

static const struct command {
	const char *name;
	const char *meaning;
	void (*run)(const char *argument);
} commands[] = {
	{"help", "this list", help},
	{"memory", "pages in use", show},
	{"take", "N: touch N pages more", take},
	{"count", "count up, from 42 after each restart", count},
	{"spin", "N: compute for N seconds", spin},
	{"crash", "write to where there is no memory", crash},
	{"stack", "recurse without end", stack},
	{"illegal", "execute what is no instruction", illegal},
	{"nowhere", "read where no address can be", nowhere},
	{"divide", "N: divide 42 by N, or by 0", divide},
	{"text", "write to the program's own text", text},
	{"data", "jump into the program's own data", data},
	{"receive", "NAME: receive by that capability", receive},
	{"signal", "NAME: signal by that capability", signal},
	{"jam", "break the ring to the console", jam},
	{"exit", "N: end with status N", leave},
};

static void help(const char *argument)
{
	(void)argument;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].meaning);
}

static void run(char *line)
{
	char *name = strtok(line, " "), *argument = strtok(NULL, " ");
	if (!name)
		return;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) == 0) {
			commands[i].run(argument ? argument : "");
			return;
		}
	}
	printf("what? (help)\n");
}

/* One line with its echo, cut at LINE_SIZE. */
static void read_line(char line[LINE_SIZE])
{
	size_t length = 0;
	for (;;) {
		char c;
		if (l4_console_read(l4_console(), &c, 1) == 0)
			exit(1);
		if (c == '\r' || c == '\n') {
			l4_output("\n", 1);
			line[length] = 0;
			return;
		}
		if ((c == '\b' || c == 0x7f) && length > 0) {
			length--;
			l4_output("\b \b", 3);
		} else if ((unsigned char)c >= ' ' && c != 0x7f && length < LINE_SIZE - 1) {
			line[length++] = c;
			l4_output(&c, 1);
		}
	}
}

int main(int argc, char **argv)
{
	char line[LINE_SIZE];
	printf("%s: a playground; help lists what it can do\n", argc > 0 ? argv[0] : "demo");
	for (;;) {
		l4_output("> ", 2);
		read_line(line);
		run(line);
	}
}
