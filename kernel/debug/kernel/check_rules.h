/* SPDX-License-Identifier: BSD-2-Clause */
/* Invariants that both kinds of exit check. Inline: check_fast.c must call nothing that is compiled with the message's registers in use. */
#pragma once

#include <kernel/ipc.h>
#include <kernel/print.h>
#include <kernel/sched.h>

#define QUEUE_CHECKED 8

static inline void check_queue(const struct thread_queue *queue)
{
	const struct thread *previous = NULL, *thread = queue->head;
	unsigned n = 0;
	for (; n < QUEUE_CHECKED && thread; n++) {
		KERNEL_ASSERT(thread->queue == queue && thread->queue_prev == previous, queue);
		KERNEL_ASSERT(!thread->ready_next && thread->state != L4_THREAD_READY, queue);
		previous = thread;
		thread = thread->queue_next;
	}
	KERNEL_ASSERT(!queue->head == !queue->tail, queue);
	KERNEL_ASSERT(thread || queue->tail == previous, queue);
}

static inline void check_processor(const struct cpu *cpu)
{
	const struct thread *current = cpu->current;
	KERNEL_ASSERT(!current || (current->state == L4_THREAD_READY && !current->ready_next && current->time), current);
	int64_t highest = PRIORITY_NONE;
	for (int64_t i = 0; i < L4_PRIORITIES / 64; i++) {
		if (cpu->domain->ready_bits[i])
			highest = i * 64 + 63 - __builtin_clzl(cpu->domain->ready_bits[i]);
	}
	KERNEL_ASSERT(highest == cpu->highest_ready, highest);
	const struct thread *first = highest < 0 ? NULL : cpu->domain->ready[highest];
	KERNEL_ASSERT(highest < 0 || (first && first->priority == highest && first->ready_prev->ready_next == first), first);
	KERNEL_ASSERT(!current || current->priority >= highest, current);
	KERNEL_ASSERT(cpu->charging == (current ? current->time : NULL), current);
}

/* What a thread and its neighbours say of each other. */
static inline void check_thread_links(const struct thread *thread)
{
	KERNEL_ASSERT(!thread->time || thread->time->runner == thread, thread);
	KERNEL_ASSERT(!thread->ready_next || (thread->state == L4_THREAD_READY && thread->time), thread);
	KERNEL_ASSERT(!thread->ready_next || (thread->ready_next->ready_prev == thread && thread->ready_prev->ready_next == thread), thread);
	KERNEL_ASSERT(!thread->ready_next || thread->ready_in->ready_bits[thread->priority / 64] & 1UL << thread->priority % 64, thread);
	KERNEL_ASSERT(!thread->borrowed || thread->borrowed->borrower == thread, thread);
	KERNEL_ASSERT(thread->state != L4_THREAD_WAITING_REPLY || thread->waiting_on->caller == thread, thread);
	bool queued = thread->state >= L4_THREAD_SENDING && thread->state <= L4_THREAD_WAITING_NOTIFICATION;
	KERNEL_ASSERT(queued == (thread->queue != NULL), thread);
}
