/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>
#include <kernel/trace.h>

/* The thread's wait, in a queue of its own or at an endpoint, ends with the bits. */
static void wake(struct thread *thread, struct notification *notification, word_t tag)
{
	word_t *words = arch_message(thread);
	for (unsigned i = 0; i < L4_MESSAGE_REGISTERS; i++)
		words[i] = 0;
	arch_set_result(thread, L4_OK, tag, notification->bits);
	trace_result(thread, L4_OK);
	notification->bits = 0;
	queue_remove(thread);
	sched_make_ready(thread);
}

/* A passive thread has no time to spend on signals: its bits wait until it has. */
static bool bound_thread_listens(const struct notification *notification)
{
	const struct thread *bound = notification->bound;
	return bound && bound->state == L4_THREAD_RECEIVING && thread_is_active(bound);
}

void notification_signal(struct notification *notification, word_t bits)
{
	trace_signal(notification, bits);
	notification->bits |= bits;
	if (notification->waiters.head)
		wake(notification->waiters.head, notification, L4_TAG_NOTIFICATION);
	else if (bound_thread_listens(notification))
		wake(notification->bound, notification, L4_TAG_NOTIFICATION);
}

void notification_signal_slot(const struct slot *slot)
{
	if (!slot_is_empty(slot))
		notification_signal(slot_object(slot), slot->badge ? slot->badge : 1);
}

bool notification_drain(struct notification *notification)
{
	struct thread *thread = notification->waiters.head;
	if (!thread)
		return true;
	queue_remove(thread);
	ipc_end_wait(thread, L4_PEER_GONE);
	return !notification->waiters.head;
}
