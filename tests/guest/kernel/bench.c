/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that a guest sees its exits cost; of use under `qemu -icount shift=0`, where they are exact. */
#include <userland/echo.h>

#include "kernel.h"

#define ROUNDS 1000

static void read_counter(uint64_t a, uint64_t b)
{
	(void)a;
	(void)b;
	instruction_count();
}

static void nothing(void)
{
	__asm__ volatile("" ::: "memory");
}

static void slot1(void)
{
	slot_call(1, ECHO_ADD_ONE, 0, 0, 0, 0);
}

/* The least of many: interrupts of other programs come in between. Not specialized: each function costs the same call, which is taken off again. */
__attribute__((noipa)) static uint64_t least(void (*function)(void))
{
	uint64_t best = UINT64_MAX;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t start = instruction_count();
		function();
		uint64_t taken = instruction_count() - start;
		if (taken < best)
			best = taken;
	}
	return best;
}

static void measure(const char *name, void (*function)(void))
{
	print("BENCH %s %lu\n", name, least(function) - least(nothing));
}

void bench_run(void)
{
	if (trap_try(read_counter, 0, 0)) {
		print("BENCH none: no instruction counter\n");
		return;
	}
	for (const struct action *figure = arch_figures; figure->name; figure++)
		measure(figure->name, figure->run);
	if (platform_argument("slot1"))
		measure("slot1_call", slot1);
	print("BENCH done\n");
}
