/* SPDX-License-Identifier: BSD-2-Clause */
#include "kvmclock.h"

#include <string.h>

#include "tsc.h"

#define ENABLED 1UL
#define ALIGNMENT 4UL
#define FLAG_TSC_STABLE 1
#define NANOSECONDS 1000000000UL

/* --- KVM's layouts --- */
struct system_time {
	uint32_t version; /* odd while it is written */
	uint32_t pad;
	uint64_t tsc;
	uint64_t nanoseconds;
	uint32_t multiplier;
	int8_t shift;
	uint8_t flags;
	uint8_t pad2[2];
};

struct wall_clock {
	uint32_t version;
	uint32_t seconds;
	uint32_t nanoseconds;
};

_Static_assert(sizeof(struct system_time) == 32 && sizeof(struct wall_clock) == 12, "layouts of KVM's clock");

void kvmclock_reset(struct kvmclock *clock, uint32_t tsc_khz)
{
	*clock = (struct kvmclock){.tsc_khz = tsc_khz, .start = tsc_read()};
}

/* Nanoseconds are (ticks << shift) * multiplier >> 32 (a negative shift goes right); the multiplier is the most exact that fits. */
static void find_scale(uint32_t tsc_khz, uint32_t *multiplier, int8_t *shift)
{
	uint64_t frequency = tsc_khz ? tsc_khz * 1000UL : NANOSECONDS;
	for (*shift = 0; frequency > 2 * NANOSECONDS; frequency >>= 1)
		(*shift)--;
	for (; frequency <= NANOSECONDS; frequency <<= 1)
		(*shift)++;
	*multiplier = (NANOSECONDS << 32) / frequency;
}

void kvmclock_update(const struct kvmclock *clock)
{
	if (!(clock->system_time & ENABLED))
		return;
	struct system_time *shared = guest_memory(clock->system_time & ~ENABLED, sizeof(*shared));
	struct system_time time = {
		.version = 2,
		.tsc = clock->start + guest_register(L4_VCPU_REG_TSC_OFFSET),
		.flags = FLAG_TSC_STABLE,
	};
	find_scale(clock->tsc_khz, &time.multiplier, &time.shift);
	memcpy(shared, &time, sizeof(time));
}

bool kvmclock_write_system_time(struct kvmclock *clock, uint64_t value)
{
	uint64_t address = value & ~ENABLED;
	if (value & ENABLED && (address % ALIGNMENT || !guest_memory(address, sizeof(struct system_time))))
		return false;
	clock->system_time = value;
	kvmclock_update(clock);
	return true;
}

/* There is no source of the time of day: the guest's epoch is its own start. */
bool kvmclock_write_wall_clock(struct kvmclock *clock, uint64_t value)
{
	const struct wall_clock time = {.version = 2};
	struct wall_clock *shared = guest_memory(value, sizeof(*shared));
	if (!shared || value % ALIGNMENT)
		return false;
	clock->wall_clock = value;
	memcpy(shared, &time, sizeof(time));
	return true;
}
