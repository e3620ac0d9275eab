/* SPDX-License-Identifier: BSD-2-Clause */
/* Ulrich Drepper's three-state lock ("Futexes Are Tricky", mutex 2), with a notification in the futex's place. */
#include <l4/lock.h>

enum lock_state { FREE, HELD, CONTENDED };

void l4_lock_init(struct l4_lock *lock, l4_cap_t notification)
{
	atomic_init(&lock->state, FREE);
	lock->notification = notification;
}

static void wait_for_release(const struct l4_lock *lock)
{
	if (lock->notification)
		l4_wait(lock->notification);
	else
		l4_yield();
}

void l4_lock_take(struct l4_lock *lock)
{
	uint32_t state = FREE;

	if (atomic_compare_exchange_strong_explicit(&lock->state, &state, HELD, memory_order_acquire, memory_order_relaxed))
		return;
	/* Whoever takes the lock after a wait cannot know whether others still wait, and so takes it as contended. */
	while (atomic_exchange_explicit(&lock->state, CONTENDED, memory_order_acquire) != FREE)
		wait_for_release(lock);
}

void l4_lock_release(struct l4_lock *lock)
{
	if (atomic_exchange_explicit(&lock->state, FREE, memory_order_release) == CONTENDED && lock->notification)
		l4_signal(lock->notification);
}
