/* SPDX-License-Identifier: BSD-2-Clause */
/* Reply objects are exchanged with a thread's own slot, never copied: NO_RIGHT cannot be had of them. */
#include "worker.h"

TEST(RP0001, "bind exchanges: what the thread had comes back to the slot")
{
	l4_cap_t thread = new_object(L4_TYPE_THREAD), a = new_object(L4_TYPE_REPLY), b = new_object(L4_TYPE_REPLY), empty = new_slot();

	EXPECT_OK(l4_thread_bind(thread, L4_BIND_REPLY, a));
	EXPECT_TRUE(is_empty(a));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_REPLY, b));
	EXPECT_EQ(L4_TYPE_REPLY, type_of(b));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_REPLY, empty));
	EXPECT_EQ(L4_TYPE_REPLY, type_of(empty));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_REPLY, a)); /* both empty */
	EXPECT_TRUE(is_empty(a));
}

TEST(RP0002, "a server keeps callers waiting with several reply objects, and answers in any order")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), reply[4];
	struct worker *caller[4];
	struct l4_registers m;

	receive_ready();
	for (l4_word_t i = 0; i < 4; i++) {
		caller[i] = new_worker();
		worker_call(caller[i], endpoint, 0);
		EXPECT_OK(look(endpoint, &m).status);
		reply[i] = new_object(L4_TYPE_REPLY);
		EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, reply[i]));
	}
	for (int i = 3; i >= 0; i--) {
		EXPECT_STATE(L4_THREAD_WAITING_REPLY, caller[i]);
		m = (struct l4_registers){{(l4_word_t)i}};
		EXPECT_OK(l4_send(reply[i], l4_tag(2, 1), &m).status);
		EXPECT_DONE(L4_OK, caller[i]);
		EXPECT_EQ(i, caller[i]->m.word[0]);
		EXPECT_STATUS(L4_PEER_GONE, l4_send(reply[i], 0, &m).status);
	}
}

TEST(RP0003, "deleting a reply object ends the call with PEER_GONE")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), reply = new_slot();
	struct worker *caller = new_worker();
	struct l4_registers m;

	receive_ready();
	worker_call(caller, endpoint, 0);
	EXPECT_OK(look(endpoint, &m).status);
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, reply));
	delete_cap(reply);
	EXPECT_DONE(L4_PEER_GONE, caller);
	receive_ready();
	worker_call(caller, endpoint, 0);
	EXPECT_OK(look(endpoint, &m).status);
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, 0)); /* 0 empties the slot */
	EXPECT_DONE(L4_PEER_GONE, caller);
}

TEST(RP0004, "a passive server that dies gives the time back: its caller runs on")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);

	for (int how = 0; how < 3; how++) {
		struct worker *server = new_server(endpoint), *client = new_worker();

		worker_call(client, endpoint, 0);
		EXPECT_STATE(L4_THREAD_WAITING_REPLY, client);
		EXPECT_STATE(L4_THREAD_SUSPENDED, server);
		if (how == 0)
			delete_cap(server->thread);
		else
			EXPECT_OK(l4_thread_bind(server->thread, L4_BIND_REPLY, how == 1 ? 0 : new_slot()));
		if (how == 2) {
			EXPECT_STATE(L4_THREAD_WAITING_REPLY, client);
			delete_cap(client->thread);
			continue;
		}
		EXPECT_DONE(L4_PEER_GONE, client);
		worker_run(client, client->run); /* it has its time again */
		EXPECT_STATE(L4_THREAD_CALLING, client);
		delete_cap(client->thread);
	}
}

TEST(RP0005, "suspending the server keeps the caller waiting; the time is lent all the while")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *server = new_server(endpoint), *client = new_worker();

	worker_call(client, endpoint, 0);
	EXPECT_OK(l4_thread_suspend(server->thread));
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, client);
	EXPECT_OK(l4_thread_suspend(client->thread));
	EXPECT_OK(l4_thread_resume(client->thread));
	EXPECT_EQ(0, client->done); /* its time is still lent */
	worker_reply_recv(server, endpoint, 0); /* gives it back, though nobody waits for the answer */
	EXPECT_DONE(L4_CANCELLED, client);
	EXPECT_STATE(L4_THREAD_RECEIVING, server);
}

TEST(RP0006, "unbinding the reply object of a thread that receives cancels; another one is BUSY")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), untyped = new_sized(L4_TYPE_UNTYPED, 12), reply = new_slot();
	struct worker *server = new_worker();

	worker_recv(server, endpoint);
	EXPECT_STATUS(L4_BUSY, l4_thread_bind(server->thread, L4_BIND_REPLY, new_object(L4_TYPE_REPLY)));
	EXPECT_STATUS(L4_BUSY, l4_thread_bind(server->thread, L4_BIND_REPLY, 0));
	EXPECT_OK(l4_thread_suspend(server->thread));
	EXPECT_OK(l4_thread_resume(server->thread));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_REPLY, 0, L4_SLOT_CNODE, reply, 1));
	EXPECT_OK(l4_thread_bind(server->thread, L4_BIND_REPLY, reply));
	worker_recv(server, endpoint);
	EXPECT_STATE(L4_THREAD_RECEIVING, server);
	revoke_cap(untyped); /* the memory of the reply object goes */
	EXPECT_DONE(L4_CANCELLED, server);
	EXPECT_EQ(0, used_of(untyped));
}

TEST(RP0007, "a reply object with a caller, bound to another thread, is answered from there")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), reply = new_slot();
	struct worker *caller = new_worker(), *second = new_worker();
	struct l4_registers m;

	receive_ready();
	worker_call(caller, endpoint, 0);
	EXPECT_OK(look(endpoint, &m).status);
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, reply));
	EXPECT_OK(l4_thread_bind(second->thread, L4_BIND_REPLY, reply));
	second->m.word[0] = 123;
	worker_reply_recv(second, endpoint, l4_tag(0, 1));
	EXPECT_DONE(L4_OK, caller);
	EXPECT_EQ(123, caller->m.word[0]);
	EXPECT_STATE(L4_THREAD_RECEIVING, second);
}

TEST(RP0008, "deleting the caller frees the reply object")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *caller = new_worker(), *next = new_worker();
	struct l4_registers m;

	receive_ready();
	worker_call(caller, endpoint, 0);
	EXPECT_OK(look(endpoint, &m).status);
	delete_cap(caller->thread);
	EXPECT_STATUS(L4_WOULD_BLOCK, look(endpoint, &m).status);
	worker_call(next, endpoint, 0);
	EXPECT_OK(look(endpoint, &m).status);
}

TEST(RP0009, "reply without a caller only receives")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *sender = new_worker();
	struct l4_registers m = {{5}};

	receive_ready();
	sender->m.word[0] = 6;
	worker_send(sender, endpoint, l4_tag(0, 1));
	EXPECT_OK(l4_reply_recv(endpoint, l4_tag(0, 1), &m).status);
	EXPECT_EQ(6, m.word[0]);
}

TEST(RP0010, "time whose sched_context was taken from the caller during the call does not come back to it")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);

	for (int slow = 0; slow < 2; slow++) {
		struct worker *server = new_server(endpoint), *client = new_worker(), *heir = new_worker();

		worker_call(client, endpoint, 0);
		EXPECT_OK(l4_thread_bind(client->thread, L4_BIND_SCHED_CONTEXT, 0));
		worker_reply_recv(server, endpoint, slow ? l4_tag(0, 9) : 0);
		EXPECT_EQ(0, client->done); /* the answer is there, but no time to run on */
		EXPECT_STATE(L4_THREAD_READY, client);
		EXPECT_OK(l4_thread_bind(heir->thread, L4_BIND_SCHED_CONTEXT, client->time));
		worker_recv(heir, endpoint); /* runs on it */
		EXPECT_EQ(0, client->done);
		EXPECT_OK(l4_thread_bind(client->thread, L4_BIND_SCHED_CONTEXT, heir->time));
		EXPECT_DONE(L4_OK, client);
		delete_cap(server->thread);
		delete_cap(heir->thread);
	}
}

TEST(RP0011, "time whose sched_context is destroyed during the call: the server stops, nothing dangles")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *server = new_server(endpoint), *client = new_worker();

	worker_call(client, endpoint, 0);
	delete_cap(client->time);
	EXPECT_STATE(L4_THREAD_SUSPENDED, server);
	worker_reply_recv(server, endpoint, 0);
	EXPECT_EQ(0, server->done);
	EXPECT_STATE(L4_THREAD_READY, server);
	delete_cap(server->thread);
	EXPECT_STATE(L4_THREAD_READY, client); /* PEER_GONE, and no time */
	client->time = new_time(l4_startup()->min_budget, l4_startup()->min_budget);
	EXPECT_OK(l4_thread_bind(client->thread, L4_BIND_SCHED_CONTEXT, client->time));
	EXPECT_DONE(L4_PEER_GONE, client);
}
