/* SPDX-License-Identifier: BSD-2-Clause */
/* A suite of its own, whose cases run when main has returned: constructors, atexit functions, destructors and what remains of the arguments. */
#include <l4/test.h>

#include <stdlib.h>
#include <unistd.h>

static int constructed;
static int order[2], ended;

__attribute__((constructor(101))) static void construct_first(void)
{
	constructed = 1;
}

__attribute__((constructor(102))) static void construct_second(void)
{
	constructed = constructed == 1 ? 2 : -1;
}

static void registered_first(void)
{
	order[ended++] = 1;
}

static void registered_second(void)
{
	order[ended++] = 2;
}

TEST(LIBC0030, "constructors run before main, in the order of their priorities")
{
	EXPECT_EQ(2, constructed);
}

TEST(LIBC0031, "atexit functions run when main returns, the last registered first")
{
	EXPECT_EQ(2, ended);
	EXPECT_EQ(2, order[0]);
	EXPECT_EQ(1, order[1]);
}

static int destroyed, ended_before;

__attribute__((destructor(102))) static void destroy_first(void)
{
	ended_before = ended;
	destroyed = 1;
}

TEST(LIBC0032, "destructors run after all atexit functions, in the reverse order of their priorities")
{
	EXPECT_EQ(2, ended_before);
	EXPECT_EQ(1, destroyed);
}

static int arguments;
static char **argument;

/* The last of all. */
__attribute__((destructor(101))) static void run_cases(void)
{
	_exit(l4_test_run(arguments, argument) == 0 ? 0 : 20);
}

int main(int argc, char **argv)
{
	arguments = argc;
	argument = argv;
	atexit(registered_first);
	atexit(registered_second);
	return 1;
}
