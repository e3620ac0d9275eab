/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The C library's locks: all are one recursive lock, whichever it names (a C library's lock_names.c has the names). A thread is known by its thread
 * pointer, which differs between threads and is never 0.
 */
#include <sys/lock.h>

#include <l4/lock.h>

#include "libc_private.h"

static struct {
	struct l4_lock lock;
	_Atomic uintptr_t owner; /* only its own thread compares equal, so no order is needed */
	unsigned int depth;      /* of the owner */
} the_lock;

static uintptr_t self(void)
{
	return (uintptr_t)__builtin_thread_pointer();
}

void l4_libc_lock_init(l4_cap_t notification)
{
	the_lock.lock.notification = notification;
}

void l4_libc_lock(void)
{
	if (atomic_load_explicit(&the_lock.owner, memory_order_relaxed) != self()) {
		l4_lock_take(&the_lock.lock);
		atomic_store_explicit(&the_lock.owner, self(), memory_order_relaxed);
	}
	the_lock.depth++;
}

void l4_libc_unlock(void)
{
	if (--the_lock.depth > 0)
		return;
	atomic_store_explicit(&the_lock.owner, 0, memory_order_relaxed);
	l4_lock_release(&the_lock.lock);
}

/* A lock that a library makes at run time needs no memory: any address but null will do. */
void __retarget_lock_init(_LOCK_T *lock)
{
	*lock = (_LOCK_T)&the_lock;
}

void __retarget_lock_init_recursive(_LOCK_T *lock)
{
	__retarget_lock_init(lock);
}

void __retarget_lock_close(_LOCK_T lock)
{
	(void)lock;
}

void __retarget_lock_close_recursive(_LOCK_T lock)
{
	(void)lock;
}

void __retarget_lock_acquire(_LOCK_T lock)
{
	(void)lock;
	l4_libc_lock();
}

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
	(void)lock;
	l4_libc_lock();
}

void __retarget_lock_release(_LOCK_T lock)
{
	(void)lock;
	l4_libc_unlock();
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
	(void)lock;
	l4_libc_unlock();
}
