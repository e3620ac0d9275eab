/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tracepoints. The kernel bulkhead-trace.elf finds this header, all others the one in kernel/notrace/, whose functions are empty. A tracepoint changes nothing but
 * the processor's ring (l4/abi/trace.h), which the capability `trace` lets its holder start and read: trace.c. It may be called wherever the kernel runs on its own
 * stack, so not on the fast path, whose registers hold the message: this kernel has none.
 */
#pragma once

#include <kernel/types.h>

struct boot_range;
struct fault;
struct invocation;
struct l4_trace_record;
struct notification;
struct schedule_place;
struct thread;
struct virq;

/* Of a processor. */
struct cpu_trace {
	struct l4_trace_record *ring; /* in object memory, `capacity` records */
	word_t capacity;
	word_t count;                 /* records written since the start; record n is at n % capacity */
	bool on;
	const void *running;          /* that the last SWITCH has told of; the ring itself where none has */
};

/* Calls on the capability (kernel/dispatch.inc). */
status_t trace_dispatch(struct invocation *inv);
#define TRACE_DISPATCH trace_dispatch

/* Takes the ring out of the object memory, which shrinks. */
void trace_boot(struct boot_range *object_memory);
/* Bytes of the ring, whole pages, where there are so many of object memory (ring_size.c). */
size_t trace_ring_size(size_t object_memory);

/* Whether the first program gets the capability. */
static inline bool trace_exists(void)
{
	return true;
}

/* The thread has made a system call. Before anything changes. */
void trace_syscall(struct thread *thread, int64_t number, word_t cap, word_t tag);
/* A system call of the thread ends so: now, or at the end of its wait. STATUS_RESTART: it is made again after the interrupts that wait. */
void trace_result(const struct thread *thread, status_t status);
/* The thread runs from here on; null: nobody. With a vcpu it enters guest mode. */
void trace_run(struct thread *thread);
/* A window has begun, and its domain is let in. */
void trace_window(const struct schedule_place *place);
/* A line has interrupted / the timer has. */
void trace_interrupt(unsigned line);
void trace_timer(void);
/* The processor's own number of the cause; `detail` where that says more (the back end's L4_TRACE_EXIT_* tell what). */
void trace_guest_exit(const struct thread *thread, word_t cause, word_t detail);
/* A fault, or an exit that the thread's handler answers. */
void trace_fault(const struct thread *thread, const struct fault *fault);
void trace_signal(const struct notification *notification, word_t bits);
/* A line of a vcpu is raised. */
void trace_virq(const struct virq *virq);
