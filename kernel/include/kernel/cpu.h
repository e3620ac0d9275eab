/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <arch/cpu.h>
#include <kernel/schedule.h>
#include <kernel/trace.h>

struct thread;
struct domain;
struct vcpu;
struct sched_context;

/*
 * What belongs to one processor. Reached through cpu_self() (arch/cpu.h) alone.
 */
struct cpu {
	struct thread *current;   /* null while idle */
	int64_t highest_ready;    /* priority of the first thread in the ready queues of `domain`, PRIORITY_NONE where there is none */
	struct domain *domain;    /* whose threads run: the window's (place.domain), or the slack while that has nobody ready */
	struct schedule_place place;
	struct sched_context *charging; /* that pays for the time that passes; null while idle */
	ticks_t charged_until;    /* it has paid up to here */
	struct thread *fpu_owner; /* whose floating-point registers are in the processor */
	struct vcpu *vcpu;        /* whose system registers are in the processor */
	struct thread *invoker;   /* whose call on a kernel object is under way; null once that has destroyed it */
	unsigned number;
	struct arch_cpu arch;
	struct cpu_trace trace; /* last: assembly knows the offsets of the others, which are the same with and without it */
};
