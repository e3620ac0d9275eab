/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel_ipc_world.h"

#include <kernel/ipc.h>

struct thread *kernel_threads[THREADS];
struct reply *kernel_replies[REPLIES];

int number_of(const struct thread *thread)
{
	for (int t = 0; t < THREADS; t++) {
		if (kernel_threads[t] == thread)
			return t;
	}
	return thread == root ? ROOT : NONE;
}

int reply_number(const struct reply *reply)
{
	for (int r = 0; r < REPLIES; r++) {
		if (kernel_replies[r] == reply)
			return r;
	}
	return NONE;
}

void make_endpoint(int endpoint)
{
	make_object(object_untyped, L4_TYPE_ENDPOINT, 0, ENDPOINT_SLOT(endpoint));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_MINT, ENDPOINT_SLOT(endpoint) + 1, L4_BOOT_CNODE, ENDPOINT_SLOT(endpoint), L4_WRITE, ENDPOINT_BADGE(endpoint)));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, ENDPOINT_SLOT(endpoint) + 2, L4_BOOT_CNODE, ENDPOINT_SLOT(endpoint), L4_READ));
}

void make_notification(int notification)
{
	word_t slot = NOTIFICATION_SLOT(notification);
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, slot);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_MINT, slot + 1, L4_BOOT_CNODE, slot, L4_ALL_RIGHTS, NOTIFICATION_BADGE));
}

void make_reply(int reply, unsigned place)
{
	make_object(REPLY_UNTYPED(reply), L4_TYPE_REPLY, 0, REPLY_SLOT(place));
	kernel_replies[reply] = slot_object(root_slot(REPLY_SLOT(place)));
	model_new_reply(reply, place);
}

void new_thread(int thread)
{
	model_new_thread(thread, 10 + pick(4));
	kernel_threads[thread] = make_thread(THREAD_SLOT(thread), model.threads[thread].priority);
}

void make_world(void)
{
	model_reset();
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, ROOT_NOTIFICATION);
	EXPECT_EQ(L4_OK, call(L4_BOOT_IRQ_CONTROL, L4_OP_IRQ_CONTROL_ISSUE, 1, L4_BOOT_CNODE, ROOT_LINE));
	EXPECT_EQ(L4_OK, call(ROOT_LINE, L4_OP_IRQ_HANDLER_BIND, ROOT_NOTIFICATION));
	for (int e = 0; e < ENDPOINTS; e++)
		make_endpoint(e);
	for (int n = 0; n < NOTIFICATIONS; n++)
		make_notification(n);
	for (int r = 0; r < REPLIES; r++) {
		make_object(object_untyped, L4_TYPE_UNTYPED, IPC_OBJECT_BITS, REPLY_UNTYPED(r));
		make_reply(r, r);
	}
	for (int t = 0; t < THREADS; t++)
		new_thread(t);
	for (int t = 0; t < THREADS - 1; t++) {
		EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_BIND, L4_BIND_REPLY, REPLY_SLOT(t)));
		EXPECT_EQ(L4_OK, model_bind_reply(t, t));
	}
}
