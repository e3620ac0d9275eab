/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * picolibc's locks: all are one recursive lock. A thread is known by its thread pointer, which differs between threads
 * and is never 0.
 */
#include <sys/lock.h>

#include <l4/lock.h>

#include "libc_private.h"

struct __lock {
	struct l4_lock lock;
	_Atomic uintptr_t owner; /* only its own thread compares equal, so no order is needed */
	unsigned int depth;      /* of the owner */
};

struct __lock __lock___libc_recursive_mutex;

static uintptr_t self(void)
{
	return (uintptr_t)__builtin_thread_pointer();
}

void l4_libc_lock_init(l4_cap_t notification)
{
	__lock___libc_recursive_mutex.lock.notification = notification;
}

void __retarget_lock_init(_LOCK_T *lock)
{
	*lock = &__lock___libc_recursive_mutex;
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

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
	if (atomic_load_explicit(&lock->owner, memory_order_relaxed) != self()) {
		l4_lock_take(&lock->lock);
		atomic_store_explicit(&lock->owner, self(), memory_order_relaxed);
	}
	lock->depth++;
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
	if (--lock->depth > 0)
		return;
	atomic_store_explicit(&lock->owner, 0, memory_order_relaxed);
	l4_lock_release(&lock->lock);
}

void __retarget_lock_acquire(_LOCK_T lock)
{
	__retarget_lock_acquire_recursive(lock);
}

void __retarget_lock_release(_LOCK_T lock)
{
	__retarget_lock_release_recursive(lock);
}

void l4_libc_lock(void)
{
	__retarget_lock_acquire_recursive(&__lock___libc_recursive_mutex);
}

void l4_libc_unlock(void)
{
	__retarget_lock_release_recursive(&__lock___libc_recursive_mutex);
}
