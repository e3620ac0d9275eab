/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor or the hypervisor below says how fast the time-stamp counter is; where neither does, the legacy timer (8254) is the measure. */
#include "tsc.h"

#include <arch/registers.h>
#include <kernel/print.h>

#include "machine.h"

#define CPUID_TSC 0x15
#define CPUID_HYPERVISOR 0x40000000
#define CPUID_HYPERVISOR_TIMING 0x40000010

#define PIT_HZ 1193182
#define PIT_CHANNEL_0 0x40
#define PIT_COMMAND 0x43
#define PIT_RATE_GENERATOR 0x34 /* channel 0, both bytes; counts down from 65536, again and again */
#define PIT_STOP 0x30           /* channel 0 waits for a value to count from */
#define PIT_LATCH 0x00
#define PIT_COUNTS (PIT_HZ / 50)

#define PATIENCE 1000000 /* looks at a counter that does not move */
#define SAMPLES 8
#define ATTEMPTS 8

/* The counter changed to `count` between two times. */
struct sample {
	uint64_t before;
	uint64_t after;
	uint32_t count;
};

static struct sample sample_change(struct tsc_counter counter)
{
	uint32_t old = counter.read();
	uint64_t before = tsc_read();
	for (unsigned i = 0; i < PATIENCE; i++) {
		uint32_t count = counter.read();
		uint64_t after = tsc_read();
		if (count != old)
			return (struct sample){before, after, count};
		before = after;
	}
	panic("no clock to measure the time-stamp counter with: the counter stands still at", old);
}

/* The narrowest of some: an emulator may be put aside in the middle of one. */
static struct sample sample_best(struct tsc_counter counter)
{
	struct sample best = sample_change(counter);
	for (unsigned i = 1; i < SAMPLES; i++) {
		struct sample next = sample_change(counter);
		if (next.after - next.before < best.after - best.before)
			best = next;
	}
	return best;
}

/* Adds up what the counter has counted since `last`, and follows the longest time between two looks. */
static void advance(struct tsc_counter counter, struct sample *last, struct sample next, uint64_t *counted, uint64_t *gap)
{
	*counted += (next.count - last->count) & counter.mask;
	if (next.after - last->after > *gap)
		*gap = next.after - last->after;
	*last = next;
}

/* Whether there was no time between two looks so long that the counter may have come round unseen. */
static bool measure(struct tsc_counter counter, uint32_t counts, uint64_t *rate)
{
	struct sample first = sample_best(counter), last = first;
	uint64_t counted = 0, gap = 0;
	while (counted < counts)
		advance(counter, &last, sample_change(counter), &counted, &gap);
	advance(counter, &last, sample_best(counter), &counted, &gap);
	uint64_t ticks = (last.before + last.after - first.before - first.after) / 2;
	*rate = (ticks << TSC_RATE_BITS) / counted;
	return gap <= ticks / 2;
}

uint64_t tsc_rate(struct tsc_counter counter, uint32_t counts)
{
	uint64_t best = UINT64_MAX;
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		uint64_t rate;
		bool is_sure = measure(counter, counts, &rate);
		/* What was not seen makes the counter look slower, never faster. */
		best = rate < best ? rate : best;
		if (is_sure)
			break;
	}
	return best;
}

static uint32_t pit_count(void)
{
	port_write_8(PIT_COMMAND, PIT_LATCH);
	uint32_t low = port_read_8(PIT_CHANNEL_0);
	return -(port_read_8(PIT_CHANNEL_0) << 8 | low) & 0xffff;
}

static ticks_t measure_by_pit(void)
{
	port_write_8(PIT_COMMAND, PIT_RATE_GENERATOR);
	port_write_8(PIT_CHANNEL_0, 0);
	port_write_8(PIT_CHANNEL_0, 0);
	uint64_t rate = tsc_rate((struct tsc_counter){pit_count, 0xffff}, PIT_COUNTS);
	port_write_8(PIT_COMMAND, PIT_STOP);
	return rate * PIT_HZ >> TSC_RATE_BITS;
}

/* 0: it does not say. */
static ticks_t said_by_processor(void)
{
	if (cpuid(0, 0).eax < CPUID_TSC)
		return 0;
	struct cpuid tsc = cpuid(CPUID_TSC, 0);
	return tsc.eax ? (uint64_t)tsc.ecx * tsc.ebx / tsc.eax : 0;
}

static ticks_t said_by_hypervisor(void)
{
	if (!machine.is_virtual || cpuid(CPUID_HYPERVISOR, 0).eax < CPUID_HYPERVISOR_TIMING)
		return 0;
	return (ticks_t)cpuid(CPUID_HYPERVISOR_TIMING, 0).eax * 1000;
}

void tsc_boot(void)
{
	machine.ticks_per_second = said_by_processor();
	if (!machine.ticks_per_second)
		machine.ticks_per_second = said_by_hypervisor();
	if (!machine.ticks_per_second)
		machine.ticks_per_second = measure_by_pit();
}
