/* SPDX-License-Identifier: BSD-2-Clause */
/* Release kernels check nothing as they run: see kernel/debug/kernel/touched.h. */
#pragma once

#include <kernel/types.h>

struct endpoint;
struct slot;
struct thread;
struct thread_queue;
struct vspace;

static inline void touched_slot(const struct slot *slot)
{
	(void)slot;
}

static inline void touched_thread(const struct thread *thread)
{
	(void)thread;
}

static inline void touched_queue(const struct thread_queue *queue)
{
	(void)queue;
}

static inline void touched_moved(const struct slot *from, const struct slot *to)
{
	(void)from, (void)to;
}

static inline void touched_gone(const struct slot *original)
{
	(void)original;
}

static inline void touched_mapping(const struct vspace *space, vaddr_t vaddr, unsigned level, paddr_t paddr, bool present)
{
	(void)space, (void)vaddr, (void)level, (void)paddr, (void)present;
}

static inline void check_forget(const struct slot *slot)
{
	(void)slot;
}

static inline void check_fast_exit(const struct endpoint *endpoint, const struct thread *stopped)
{
	(void)endpoint, (void)stopped;
}
