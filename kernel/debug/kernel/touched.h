/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel entry changes, so that its exit can check it (check.c, check_fast.c). Debug kernels find this header, release kernels the one
 * in kernel/release/, whose functions are empty.
 *
 * Whoever changes a slot's links, a thread's state, a queue or a mapping says so beside the change: before or after, as long as the check comes
 * when the change is whole. That is at the exit, or in a long operation when a list is full: then its older half is checked and forgotten.
 */
#pragma once

#include <kernel/types.h>

struct slot;
struct thread;
struct thread_queue;
struct vspace;

#define TOUCHED_MAX 64

struct touched_list {
	unsigned count;
	const void *entry[TOUCHED_MAX];
};

struct touched {
	struct touched_list slots;
	struct touched_list threads;
	struct touched_list queues;
};

extern struct touched touched;

/* Makes room in a full list. */
void touched_spill(struct touched_list *list);

/* Inline: no call may come between the fast path's message and its registers. There no list is ever full. */
static inline void touched_add(struct touched_list *list, const void *entry)
{
	if (list->count && list->entry[list->count - 1] == entry)
		return;
	if (list->count == TOUCHED_MAX)
		touched_spill(list);
	list->entry[list->count++] = entry;
}

/* May be null, and may be empty at the exit. */
static inline void touched_slot(const struct slot *slot)
{
	if (slot)
		touched_add(&touched.slots, slot);
}

static inline void touched_thread(const struct thread *thread)
{
	touched_add(&touched.threads, thread);
}

static inline void touched_queue(const struct thread_queue *queue)
{
	touched_add(&touched.queues, queue);
}

/* The capability that was in one slot is in the other. */
void touched_moved(const struct slot *from, const struct slot *to);
/* The object of this original capability is gone, with the slots, threads and queues in it. */
void touched_gone(const struct slot *original);
/* The space's entry for this address and level leads to `paddr` / does no longer. */
void touched_mapping(const struct vspace *space, vaddr_t vaddr, unsigned level, paddr_t paddr, bool present);

/* A slot loses or moves its capability: the rolling check must not stand on it. */
void check_forget(const struct slot *slot);

struct endpoint;
/* At the fast path's exits: what it touched. `stopped` is the thread that the current one was switched to from. Keeps off the message's registers. */
void check_fast_exit(const struct endpoint *endpoint, const struct thread *stopped);
