/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux program that measures a kernel's ordinary work: run by a guest, and by the same kernel alone on the machine, it tells what hosting costs.
 * Prints `BENCH NAME N`, the least of several rounds in instructions a time, where the clock counts those.
 */
#include <linux.h>
#include <stdbool.h>
#include <stddef.h>

#define PAGE 4096
#define ROUNDS 5
#define SIGCHLD 17
#define AT_FDCWD (-100)
#define O_RDWR 2
#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_PRIVATE_ANONYMOUS 0x22

_Static_assert(sizeof(long) == sizeof(void *), "arguments hold pointers");

static void put(const char *text, size_t length)
{
	linux_call(LINUX_WRITE, 1, (long)text, (long)length, 0, 0, 0);
}

static void put_text(const char *text)
{
	size_t length = 0;
	while (text[length])
		length++;
	put(text, length);
}

static void put_number(uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	put(digits + at, sizeof(digits) - at);
}

static __attribute__((noreturn)) void end(int status)
{
	for (;;)
		linux_call(LINUX_EXIT, status, 0, 0, 0, 0, 0);
}

/* What must not fail, or the figure would be of something else. */
static long must(long result, const char *what)
{
	if (result >= 0)
		return result;
	put_text("BENCH failed: ");
	put_text(what);
	put_text(": error ");
	put_number((uint64_t)-result);
	put_text("\n");
	end(1);
}

static void report(const char *name, uint64_t value)
{
	put_text("BENCH ");
	put_text(name);
	put_text(" ");
	put_number(value);
	put_text("\n");
}

/* One piece of work, done `times` times. */
struct work {
	const char *name;
	void (*run)(unsigned times);
	unsigned times;
};

static volatile uint64_t sink;

#define COMPUTE_STEPS 10000

static void compute(unsigned times)
{
	uint64_t value = 1;
	for (unsigned i = 0; i < times * COMPUTE_STEPS; i++)
		value = value * 6364136223846793005UL + 1442695040888963407UL;
	sink = value;
}

static char buffer[2 << 20];

static void stream(unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		uint64_t *words = (uint64_t *)buffer;
		for (size_t n = 0; n < sizeof(buffer) / sizeof(*words); n++)
			words[n] += i;
	}
}

static void getpid(unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		must(linux_call(LINUX_GETPID, 0, 0, 0, 0, 0, 0), "getpid");
}

static void sched_yield(unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		must(linux_call(LINUX_SCHED_YIELD, 0, 0, 0, 0, 0, 0), "sched_yield");
}

static void write_null(unsigned times)
{
	static long null = -1;
	if (null < 0)
		null = must(linux_call(LINUX_OPENAT, AT_FDCWD, (long)"/dev/null", O_RDWR, 0, 0, 0), "open /dev/null");
	for (unsigned i = 0; i < times; i++)
		must(linux_call(LINUX_WRITE, null, (long)"x", 1, 0, 0, 0), "write");
}

static long map_pages(unsigned pages)
{
	return must(linux_call(LINUX_MMAP, 0, (long)pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0), "mmap");
}

static void touch(unsigned times)
{
	long pages = map_pages(times);
	for (unsigned i = 0; i < times; i++)
		*(volatile char *)(pages + (long)i * PAGE) = 1;
	must(linux_call(LINUX_MUNMAP, pages, (long)times * PAGE, 0, 0, 0, 0), "munmap");
}

static void map_and_unmap(unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		must(linux_call(LINUX_MUNMAP, map_pages(1), PAGE, 0, 0, 0, 0), "munmap");
}

static void protect(unsigned times)
{
	long page = map_pages(1);
	*(volatile char *)page = 1;
	for (unsigned i = 0; i < times; i++) {
		must(linux_call(LINUX_MPROTECT, page, PAGE, PROT_READ, 0, 0, 0), "mprotect");
		must(linux_call(LINUX_MPROTECT, page, PAGE, PROT_READ | PROT_WRITE, 0, 0, 0), "mprotect");
	}
	must(linux_call(LINUX_MUNMAP, page, PAGE, 0, 0, 0, 0), "munmap");
}

static long fork(void)
{
	return must(linux_call(LINUX_CLONE, SIGCHLD, 0, 0, 0, 0, 0), "fork");
}

static void wait_for(long child)
{
	must(linux_call(LINUX_WAIT4, child, 0, 0, 0, 0, 0), "wait");
}

static void fork_and_wait(unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		long child = fork();
		if (child == 0)
			end(0);
		wait_for(child);
	}
}

static const char *own_name;

static void fork_and_exec(unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		long child = fork();
		if (child == 0) {
			const char *arguments[] = {own_name, "exit", NULL};
			must(linux_call(LINUX_EXECVE, (long)own_name, (long)arguments, 0, 0, 0, 0), "exec");
		}
		wait_for(child);
	}
}

static void echo_bytes(long from, long to)
{
	char byte;
	while (linux_call(LINUX_READ, from, (long)&byte, 1, 0, 0, 0) == 1)
		must(linux_call(LINUX_WRITE, to, (long)&byte, 1, 0, 0, 0), "write");
	end(0);
}

static int request[2], answer[2];

static void open_pipes(void)
{
	must(linux_call(LINUX_PIPE2, (long)request, 0, 0, 0, 0, 0), "pipe");
	must(linux_call(LINUX_PIPE2, (long)answer, 0, 0, 0, 0, 0), "pipe");
	if (fork() == 0)
		echo_bytes(request[0], answer[1]);
}

static void pipe_round_trip(unsigned times)
{
	char byte = 0;
	for (unsigned i = 0; i < times; i++) {
		must(linux_call(LINUX_WRITE, request[1], (long)&byte, 1, 0, 0, 0), "write");
		must(linux_call(LINUX_READ, answer[0], (long)&byte, 1, 0, 0, 0), "read");
	}
}

static const struct work works[] = {
	{"compute", compute, 100}, {"stream", stream, 4}, {"getpid", getpid, 2000}, {"write_null", write_null, 2000},
	{"sched_yield", sched_yield, 2000}, {"touch_page", touch, 512}, {"mmap_munmap", map_and_unmap, 200}, {"mprotect_pair", protect, 200},
	{"fork_wait", fork_and_wait, 20}, {"fork_exec", fork_and_exec, 20}, {"pipe_round_trip", pipe_round_trip, 200},
};

static void measure(const struct work *work)
{
	uint64_t least = UINT64_MAX;
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t start = linux_clock();
		work->run(work->times);
		uint64_t used = linux_clock() - start;
		least = used < least ? used : least;
	}
	report(work->name, least / work->times);
}

#define SLEEPS 101
#define SLEEP_NANOSECONDS 1000000

/* How much longer than asked a sleep takes: the median. The clock must count nanoseconds. */
static void measure_sleep(void)
{
	static uint64_t late[SLEEPS];
	const long request_time[2] = {0, SLEEP_NANOSECONDS};
	for (unsigned n = 0; n < SLEEPS; n++) {
		uint64_t start = linux_clock();
		must(linux_call(LINUX_NANOSLEEP, (long)request_time, 0, 0, 0, 0, 0), "nanosleep");
		uint64_t overshoot = linux_clock() - start - SLEEP_NANOSECONDS;
		unsigned place = n;
		for (; place > 0 && late[place - 1] > overshoot; place--)
			late[place] = late[place - 1];
		late[place] = overshoot;
	}
	report("sleep_overshoot", late[SLEEPS / 2]);
}

__attribute__((noreturn, used)) void work_main(const long *stack)
{
	long count = stack[0];
	const char *const *arguments = (const char *const *)(stack + 1);
	if (count > 1)
		end(0);
	own_name = arguments[0];
	open_pipes();
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		measure(&works[i]);
	measure_sleep();
	put_text("BENCH done 0\n");
	end(0);
}
