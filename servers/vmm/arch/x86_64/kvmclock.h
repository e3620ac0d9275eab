/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM's paravirtual clock (Documentation/virt/kvm/x86/msr.rst): how the guest makes nanoseconds of its time-stamp counter. The counter is stable, so what is
 * written once stays true until the guest itself changes its counter.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define KVMCLOCK_MSR_WALL_CLOCK 0x4b564d00
#define KVMCLOCK_MSR_SYSTEM_TIME 0x4b564d01

struct kvmclock {
	uint32_t tsc_khz;
	uint64_t start;       /* the machine's time-stamp counter when the guest's time was 0 */
	uint64_t wall_clock;  /* the registers' values */
	uint64_t system_time;
};

void kvmclock_reset(struct kvmclock *clock, uint32_t tsc_khz);

/* False: the address is not the guest's memory. */
bool kvmclock_write_wall_clock(struct kvmclock *clock, uint64_t value);
bool kvmclock_write_system_time(struct kvmclock *clock, uint64_t value);

/* The guest's counter was changed. */
void kvmclock_update(const struct kvmclock *clock);
