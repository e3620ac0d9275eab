/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects that die while threads wait at them (root's work, as a thread's own call might be among them), and their successors. */
#include "kernel_ipc_steps.h"

void kill_endpoint(void)
{
	int endpoint = pick(ENDPOINTS);
	model_end_endpoint(endpoint);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, ENDPOINT_SLOT(endpoint)));
	make_endpoint(endpoint);
}

void kill_notification(void)
{
	int notification = pick(NOTIFICATIONS);
	model_end_notification(notification);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, NOTIFICATION_SLOT(notification)));
	make_notification(notification);
}

void kill_reply(void)
{
	int reply = pick(REPLIES);
	unsigned place = pick(REPLIES);
	while (model.reply_in[place] != NONE && model.reply_in[place] != reply)
		place = (place + 1) % REPLIES;
	model_end_reply(reply);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, REPLY_UNTYPED(reply)));
	make_reply(reply, place);
}

void kill_time(void)
{
	int t = pick(THREADS);
	model_end_time(t);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, THREAD_SLOT(t) + 1));
	make_object(object_untyped, L4_TYPE_SCHED_CONTEXT, 0, THREAD_SLOT(t) + 1);
	EXPECT_EQ(L4_OK, call(THREAD_SLOT(t) + 1, L4_OP_SCHED_CONTEXT_CONFIGURE, L4_BOOT_DOMAIN, 1000, 1000));
}

void kill_thread(void)
{
	int t = pick(THREADS), reply = model.threads[t].reply;
	unsigned place = 0;
	while (reply != NONE && model.reply_in[place] != NONE)
		place = (place + 1) % REPLIES;
	model_end_thread(t);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, THREAD_SLOT(t)));
	model_end_time(t);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, THREAD_SLOT(t) + 1));
	new_thread(t);
	if (reply != NONE)
		make_reply(reply, place);
}
