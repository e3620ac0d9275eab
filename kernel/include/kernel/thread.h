/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <arch/thread.h>
#include <kernel/slot.h>
#include <kernel/touched.h>
#include <l4/abi/fault.h>
#include <l4/abi/ipc_buffer.h>

struct endpoint;
struct notification;
struct reply;
struct sched_context;
struct domain;
struct vspace;
struct vcpu;

/* First in, first out. A thread is in at most one queue; it names the queue, so that it can leave it. */
struct thread_queue {
	struct thread *head;
	struct thread *tail;
};

#define PRIORITY_NONE (-1) /* less than any thread's */
#define DIRECT_NEVER (-2) /* less than PRIORITY_NONE */

/* A message that waits in its sender's thread object, or is being handed over. */
struct message {
	word_t tag;
	word_t badge;
};

/*
 * Invariants:
 *  - state READY <=> the thread would run if it had time and its turn: it is the current thread or in its domain's ready queue
 *    if it has a sched_context with budget; in no queue otherwise.
 *  - state SENDING, CALLING, RECEIVING, WAITING_NOTIFICATION <=> `queue` is the queue of the object it waits for.
 *  - state WAITING_REPLY => `waiting_on` is the reply object, whose `caller` is this thread.
 *  - in states RECEIVING and WAITING_REPLY, direct_priority other than DIRECT_NEVER => it is the priority, and the fast path may switch to the thread without looking further: it is passive and receiving with a free reply
 *    object, or waits for the reply to a call by which it lent its time (its own, or one that the kernel made in its name). See thread_update_direct.
 *  - `time` and its sched_context's `runner` point to each other.
 */
struct thread {
	struct arch_context context; /* user registers; first, so that the trap entry finds it */
	struct arch_thread arch;
	struct slot slots[L4_BIND_COUNT];

	struct thread *queue_next;
	struct thread *queue_prev;
	struct thread_queue *queue;
	struct thread *ready_next; /* circular; null when not in a ready queue */
	struct thread *ready_prev;
	struct domain *ready_in;      /* in whose ready queue it is */

	struct sched_context *time;   /* that it runs on: its own, or lent to it */
	struct reply *borrowed;       /* through which `time` was lent to it; null where `time` is its own */
	struct reply *waiting_on;     /* in state WAITING_REPLY */
	struct message pending;       /* of a thread in state SENDING or CALLING */

	int64_t direct_priority;
	uint8_t priority;
	uint8_t state;                /* enum l4_thread */
	bool context_is_full;         /* all registers are in `context`; else the thread runs, or stopped in a system call, and only results matter */
	bool fpu_allowed;
	uint8_t fault;                /* 1 + enum l4_fault while a message in its name is the kernel's; 0 for its own */
	word_t fault_words[L4_MESSAGE_REGISTERS];
	struct slot dying;            /* head of the ring of tombs of cnodes whose destruction this thread has begun */
	bool buffer_is_mapped;
	word_t buffer_vaddr;
	word_t buffer_space;          /* number and generation of the space the IPC buffer is mapped in */
	word_t buffer_generation;
};

_Static_assert(sizeof(struct thread) <= PAGE_SIZE, "the IPC buffer follows the thread at the next page");
#define THREAD_BITS (L4_PAGE_BITS + 1)

static inline struct l4_ipc_buffer *thread_buffer(struct thread *thread)
{
	return (struct l4_ipc_buffer *)((char *)thread + PAGE_SIZE);
}

static inline struct reply *thread_reply(struct thread *thread)
{
	return slot_object_or_null(&thread->slots[L4_BIND_REPLY]);
}

static inline struct notification *thread_notification(struct thread *thread)
{
	return slot_object_or_null(&thread->slots[L4_BIND_NOTIFICATION]);
}

static inline struct vspace *thread_vspace(struct thread *thread)
{
	return slot_object_or_null(&thread->slots[L4_BIND_VSPACE]);
}

static inline struct domain *thread_domain(struct thread *thread)
{
	return slot_object_or_null(&thread->slots[L4_BIND_DOMAIN]);
}

static inline struct vcpu *thread_vcpu(struct thread *thread)
{
	return slot_object_or_null(&thread->slots[L4_BIND_VCPU]);
}

/* Eight words, unrolled: this is done at every guest exit. */
static inline void copy_message(word_t *restrict to, const word_t *restrict from)
{
#pragma GCC unroll 8
	for (unsigned i = 0; i < L4_MESSAGE_REGISTERS; i++)
		to[i] = from[i];
}

/* Has time of its own bound. */
static inline bool thread_is_active(const struct thread *thread)
{
	return !slot_is_empty(&thread->slots[L4_BIND_SCHED_CONTEXT]);
}

void thread_init(struct thread *thread);

/* Makes every word of the object unreachable from elsewhere: leaves queues, calls, and the processor. Its slots are empty afterwards. */
void thread_destroy(struct thread *thread);

/* Called after one of the thread's own slots has lost its capability; `old` is a copy of what it held. */
void thread_slot_lost(struct thread *thread, enum l4_bind which, const struct slot *old);

/* Recomputes direct_priority; to be called after any change to what it depends on. */
void thread_update_direct(struct thread *thread);

/* What it must be in the states RECEIVING and WAITING_REPLY. */
int64_t thread_direct_priority(struct thread *thread);

/*
 * Ends whatever the thread waits for. A thread stopped in a system call finds CANCELLED as its result.
 * Afterwards the thread is in no queue, waits for no reply and is SUSPENDED.
 */
void thread_stop(struct thread *thread);

/* The slot with this number in the thread's cnode; null where there is none. */
static inline struct slot *thread_lookup(struct thread *thread, word_t index)
{
	const struct slot *cnode = &thread->slots[L4_BIND_CNODE];
	if (index >= cnode->badge)
		return NULL;
	return (struct slot *)slot_object(cnode) + index;
}

static inline void queue_append(struct thread_queue *queue, struct thread *thread)
{
	thread->queue = queue;
	thread->queue_next = NULL;
	thread->queue_prev = queue->tail;
	if (__builtin_expect(queue->tail != NULL, 0))
		queue->tail->queue_next = thread;
	else
		queue->head = thread;
	queue->tail = thread;
	touched_queue(queue);
	touched_thread(thread);
}

void queue_remove(struct thread *thread);
