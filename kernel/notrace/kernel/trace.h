/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernels trace nothing, but for bulkhead-trace.elf: see kernel/trace/kernel/trace.h. Nothing of this is an instruction (tests/build/test_trace.py). */
#pragma once

#include <kernel/types.h>

struct boot_range;
struct fault;
struct notification;
struct schedule_place;
struct thread;
struct virq;

/* Takes no room. */
struct cpu_trace {
};

#define TRACE_DISPATCH NULL

static inline void trace_boot(struct boot_range *object_memory)
{
	(void)object_memory;
}

static inline bool trace_exists(void)
{
	return false;
}

static inline void trace_syscall(struct thread *thread, int64_t number, word_t cap, word_t tag)
{
	(void)thread, (void)number, (void)cap, (void)tag;
}

static inline void trace_result(const struct thread *thread, status_t status)
{
	(void)thread, (void)status;
}

static inline void trace_run(struct thread *thread)
{
	(void)thread;
}

static inline void trace_window(const struct schedule_place *place)
{
	(void)place;
}

static inline void trace_interrupt(unsigned line)
{
	(void)line;
}

static inline void trace_timer(void)
{
}

static inline void trace_guest_exit(const struct thread *thread, word_t cause, word_t detail)
{
	(void)thread, (void)cause, (void)detail;
}

static inline void trace_fault(const struct thread *thread, const struct fault *fault)
{
	(void)thread, (void)fault;
}

static inline void trace_signal(const struct notification *notification, word_t bits)
{
	(void)notification, (void)bits;
}

static inline void trace_virq(const struct virq *virq)
{
	(void)virq;
}
