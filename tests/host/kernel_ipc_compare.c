/* SPDX-License-Identifier: BSD-2-Clause */
/* The comparison of the model with the kernel. */
#include "kernel_ipc_world.h"

#include <kernel/ipc.h>

static void compare_queue(const struct queue_model *expected, const struct thread_queue *queue)
{
	const struct thread *thread = queue->head;
	for (int i = 0; i < expected->count; i++, thread = thread->queue_next) {
		EXPECT_TRUE(thread && thread->queue == queue);
		EXPECT_EQ(expected->thread[i], number_of(thread));
		if (i == expected->count - 1)
			EXPECT_TRUE(queue->tail == thread);
	}
	if (!expected->count)
		EXPECT_TRUE(!queue->head);
}

static void compare_thread(int t)
{
	const struct thread_model *expected = &model.threads[t];
	struct thread *thread = kernel_threads[t];
	EXPECT_EQ(expected->state, thread->state);
	EXPECT_EQ(expected->time == NONE, thread->time == NULL);
	if (thread->time)
		EXPECT_TRUE(thread->time == slot_object(root_slot(THREAD_SLOT(expected->time) + 1)));
	EXPECT_EQ(expected->borrowed, thread->borrowed ? reply_number(thread->borrowed) : NONE);
	if (expected->state == L4_THREAD_WAITING_REPLY)
		EXPECT_EQ(expected->waiting_on, reply_number(thread->waiting_on));
	EXPECT_EQ(expected->reply, thread_reply(thread) ? reply_number(thread_reply(thread)) : NONE);
	EXPECT_EQ(expected->faulted, thread->fault != 0);
}

/* The current thread is in user mode: it sees its result. */
static void check_result(int t)
{
	struct thread_model *expected = &model.threads[t];
	struct thread *thread = kernel_threads[t];
	if (!expected->has_result)
		return;
	expected->has_result = false;
	EXPECT_EQ(expected->status, result_status(thread));
	EXPECT_EQ(expected->got.tag, thread->context.registers[REG_A1]);
	EXPECT_EQ(expected->got.badge, thread->context.registers[REG_A2]);
	for (unsigned i = 0; i < L4_MESSAGE_REGISTERS; i++)
		EXPECT_EQ(expected->got.words[i], result(thread, i));
	for (unsigned i = L4_MESSAGE_REGISTERS; i < l4_tag_length(expected->got.tag); i++)
		EXPECT_EQ(expected->got.words[i], thread_buffer(thread)->message[i]);
}

static bool can_run(int t)
{
	return model.threads[t].state == L4_THREAD_READY && model.threads[t].time != NONE;
}

void compare(void)
{
	for (int e = 0; e < ENDPOINTS; e++) {
		const struct endpoint *endpoint = slot_object(root_slot(ENDPOINT_SLOT(e)));
		compare_queue(&model.senders[e], &endpoint->senders);
		compare_queue(&model.receivers[e], &endpoint->receivers);
	}
	for (int n = 0; n < NOTIFICATIONS; n++) {
		const struct notification *notification = slot_object(root_slot(NOTIFICATION_SLOT(n)));
		compare_queue(&model.waiters[n], &notification->waiters);
		EXPECT_EQ(model.bits[n], notification->bits);
	}
	for (int r = 0; r < REPLIES; r++) {
		const struct thread *caller = kernel_replies[r]->caller, *borrower = kernel_replies[r]->borrower;
		EXPECT_EQ(model.replies[r].caller, caller ? number_of(caller) : NONE);
		EXPECT_EQ(model.replies[r].borrower, borrower ? number_of(borrower) : NONE);
	}
	for (int t = 0; t < THREADS; t++)
		compare_thread(t);
	int current = cpu_self()->current ? number_of(cpu_self()->current) : NONE;
	if (current == ROOT)
		return;
	for (int t = 0; t < THREADS; t++)
		EXPECT_TRUE(!can_run(t) || (current != NONE && model.threads[t].priority <= model.threads[current].priority));
	EXPECT_TRUE(current == NONE || can_run(current));
	if (current != NONE)
		check_result(current);
}

