/* SPDX-License-Identifier: BSD-2-Clause */
/* What each thread has of its own, and what threads share under locks. */
#include "suite.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <time.h>

#include <l4/ipc.h>
#include <l4/lock.h>
#include <l4/stubs.h>
#include <l4/time.h>

#define ROUNDS 2000

static _Thread_local int initialized = 5;
static _Thread_local _Alignas(32) long zeroed[3];

struct report {
	int initialized;
	long zeroed;
	int error;
	bool aligned;
	bool has_buffer;
};

static void look(void *argument)
{
	struct report *report = argument;

	*report = (struct report){initialized, zeroed[2], errno, (uintptr_t)zeroed % 32 == 0, l4_ipc_buffer != NULL};
	initialized = 6;
	zeroed[2] = 7;
	errno = EDOM;
}

TEST(LIBC0020, "thread-local variables begin anew in each thread, and errno is one of them")
{
	struct report report = {0};

	initialized = 50;
	zeroed[2] = 60;
	errno = ENOENT;
	for (int i = 0; i < 2; i++) {
		suite_join(suite_start(SUITE_PRIORITY + 1, look, &report));
		EXPECT_EQ(5, report.initialized);
		EXPECT_EQ(0, report.zeroed);
		EXPECT_EQ(0, report.error);
		EXPECT_TRUE(report.aligned && report.has_buffer);
		EXPECT_EQ(50, initialized);
		EXPECT_EQ(60, zeroed[2]);
		EXPECT_EQ(ENOENT, errno);
	}
}

TEST(LIBC0021, "a stack that is too small is refused")
{
	l4_cap_t thread = suite_thread(SUITE_PRIORITY);
	char stack[256];

	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_start_local(thread, look, NULL, stack, sizeof(stack), 0));
}

/* A counter that the lock protects: the addition is torn apart so that it would lose counts without. */
static struct {
	struct l4_lock lock;
	volatile long count;
} shared;

static void count_up(void *argument)
{
	(void)argument;
	for (int i = 0; i < ROUNDS; i++) {
		long before;

		l4_lock_take(&shared.lock);
		before = shared.count;
		if (i % 16 == 0)
			l4_yield();
		shared.count = before + 1;
		l4_lock_release(&shared.lock);
	}
}

/* Interrupts the counting of the others at any place. */
static void count_with_pauses(void *argument)
{
	l4_cap_t *timer = argument;

	for (int i = 0; i < ROUNDS / 10; i++) {
		l4_timer_arm(timer[0], l4_now() + 50);
		l4_wait(timer[1]);
		l4_lock_take(&shared.lock);
		shared.count = shared.count + 1;
		l4_lock_release(&shared.lock);
	}
}

TEST(LIBC0022, "a lock excludes threads of the same and of different priorities, and loses no waiter")
{
	l4_cap_t timer[] = {suite_object(L4_TYPE_TIMER), suite_object(L4_TYPE_NOTIFICATION)};
	l4_cap_t thread[3];

	EXPECT_OK(l4_timer_bind(timer[0], timer[1]));
	l4_lock_init(&shared.lock, suite_object(L4_TYPE_NOTIFICATION));
	shared.count = 0;
	thread[0] = suite_start(SUITE_PRIORITY - 2, count_up, NULL);
	thread[1] = suite_start(SUITE_PRIORITY - 2, count_up, NULL);
	thread[2] = suite_start(SUITE_PRIORITY - 1, count_with_pauses, timer);
	for (int i = 0; i < 3; i++)
		suite_join(thread[i]);
	EXPECT_EQ(2 * ROUNDS + ROUNDS / 10, shared.count);
}

#define KEPT 24

/* Blocks that one thread holds, each full of one byte. */
struct holder {
	struct {
		unsigned char *data;
		size_t size;
	} block[KEPT];
	unsigned int next;
	bool failed;
	volatile bool *stop;
	l4_cap_t *timer;
};

/* Gives one block back, if it is as it was left, and takes another. */
static void replace_block(struct holder *holder)
{
	unsigned int i = holder->next++ % KEPT;
	unsigned char *data = holder->block[i].data;

	for (size_t j = 0; data && j < holder->block[i].size; j++)
		holder->failed |= data[j] != (unsigned char)i;
	free(data);
	holder->block[i].size = 40; /* all alike, so that both threads want the same free block */
	holder->block[i].data = data = malloc(holder->block[i].size);
	holder->failed |= data == NULL;
	for (size_t j = 0; data && j < holder->block[i].size; j++)
		data[j] = (unsigned char)i;
}

static void release_blocks(struct holder *holder)
{
	for (unsigned int i = 0; i < KEPT; i++)
		free(holder->block[i].data);
}

static void allocate_always(void *argument)
{
	struct holder *holder = argument;

	while (!*holder->stop && !holder->failed)
		replace_block(holder);
	release_blocks(holder);
}

/* Interrupts the other thread at any place. */
static void allocate_with_pauses(void *argument)
{
	struct holder *holder = argument;

	for (unsigned int i = 0; i < ROUNDS / 2 && !holder->failed; i++) {
		l4_timer_arm(holder->timer[0], l4_now() + 20 + i % 97);
		l4_wait(holder->timer[1]);
		replace_block(holder);
	}
	release_blocks(holder);
	*holder->stop = true;
}

TEST(LIBC0023, "malloc serves threads that interrupt each other within it")
{
	l4_cap_t timer[] = {suite_object(L4_TYPE_TIMER), suite_object(L4_TYPE_NOTIFICATION)};
	volatile bool stop = false;
	struct holder always = {.stop = &stop}, pausing = {.stop = &stop, .timer = timer};
	l4_cap_t thread[2];

	EXPECT_OK(l4_timer_bind(timer[0], timer[1]));
	l4_libc_lock_init(suite_object(L4_TYPE_NOTIFICATION));
	thread[0] = suite_start(SUITE_PRIORITY - 2, allocate_always, &always);
	thread[1] = suite_start(SUITE_PRIORITY - 1, allocate_with_pauses, &pausing);
	suite_join(thread[1]);
	suite_join(thread[0]);
	l4_libc_lock_init(0);
	EXPECT_TRUE(!always.failed && !pausing.failed);
}

TEST(LIBC0024, "the clocks run")
{
	clock_t before = clock();
	l4_word_t start = l4_now();

	EXPECT_EQ(l4_ticks_per_second(), l4_ticks_of_microseconds(1000000));
	EXPECT_EQ(1000000, l4_microseconds_of_ticks(l4_ticks_per_second()));
	while (l4_now() - start < l4_ticks_of_microseconds(20000))
		;
	EXPECT_TRUE(clock() > before);
}

TEST(LIBC0025, "longjmp returns to setjmp with its value")
{
	jmp_buf place;
	volatile int turns = 0;
	int value = setjmp(place);

	if (turns++ == 0)
		longjmp(place, 33);
	EXPECT_EQ(33, value);
}
