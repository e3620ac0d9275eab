/* SPDX-License-Identifier: BSD-2-Clause */
/* The floating-point unit belongs to the threads that are allowed it, each with values of its own. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include <l4/startup.h>
#include <l4/stubs.h>

#define THREADS 3
#define STEPS 20000

/* A chaotic series: one wrong value anywhere changes the end. More values than the callee-saved registers hold. */
static double series(double start, bool pauses)
{
	double x[14];

	for (int i = 0; i < 14; i++)
		x[i] = start + i * 0.01;
	for (int step = 0; step < STEPS; step++) {
		for (int i = 0; i < 14; i++)
			x[i] = 3.9 * x[i] * (1.0 - x[i]);
		if (pauses && step % 64 == 0)
			l4_yield();
	}
	for (int i = 1; i < 14; i++)
		x[0] += x[i];
	return x[0];
}

struct work {
	double start, result;
};

static void run_series(void *argument)
{
	struct work *work = argument;

	work->result = series(work->start, true);
}

TEST(FPU0001, "threads that interrupt each other keep their floating-point values")
{
	struct work work[THREADS];
	l4_cap_t thread[THREADS];

	for (int i = 0; i < THREADS; i++) {
		work[i] = (struct work){.start = 0.1 + 0.2 * i};
		thread[i] = suite_thread(SUITE_PRIORITY - 1);
		EXPECT_OK(l4_thread_set_fpu(thread[i], 1));
		suite_run(thread[i], run_series, &work[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		suite_join(thread[i]);
		EXPECT_TRUE(work[i].result == series(work[i].start, false));
	}
}

TEST(FPU0002, "a system call leaves floating-point values as they are")
{
	EXPECT_TRUE(series(0.3, true) == series(0.3, false));
}

TEST(FPU0003, "printf and scanf of floating-point numbers")
{
	char text[32];
	double value;

	EXPECT_EQ(18, snprintf(text, sizeof(text), "%.3f %e", -1.0 / 3.0 + 1.0, 1e-7));
	EXPECT_EQ(0, strcmp(text, "0.667 1.000000e-07"));
	EXPECT_EQ(1, sscanf("6.02214e23", "%lf", &value));
	EXPECT_TRUE(value == 6.02214e23);
}

static void use_fpu(void *argument)
{
	volatile double *value = argument;

	*value = *value * 2.0;
}

TEST(FPU0004, "without leave the first use is an illegal instruction; once allowed, it goes on there")
{
	volatile double value = 21.0;
	l4_cap_t handler = suite_object(L4_TYPE_ENDPOINT), thread = suite_thread(SUITE_PRIORITY + 1), reply = suite_object(L4_TYPE_REPLY);
	struct l4_registers m = {{0}};
	struct l4_result result;

	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, suite_object(L4_TYPE_REPLY)));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_HANDLER, handler));
	suite_run(thread, use_fpu, (void *)&value);
	result = l4_recv(handler, &m);
	EXPECT_EQ(L4_FAULT_ILLEGAL_INSTRUCTION, l4_tag_label(result.tag));
	EXPECT_TRUE(value == 21.0);
	EXPECT_OK(l4_thread_set_fpu(thread, 1));
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, reply)); /* the one that holds the caller comes back to the slot */
	EXPECT_OK(l4_send(reply, 0, &m).status);
	suite_join(thread);
	EXPECT_TRUE(value == 42.0);
}
