/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

TEST(NT0001, "bits gather until they are taken; badge 0 signals bit 0")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), a = mint_cap(notification, L4_WRITE, 0x10), b = mint_cap(notification, L4_WRITE, 1UL << 63);
	struct l4_registers m;
	struct l4_result result;

	EXPECT_STATUS(L4_WOULD_BLOCK, l4_recv_nonblocking(notification, &m).status);
	EXPECT_OK(l4_signal(a));
	EXPECT_OK(l4_signal(b));
	EXPECT_OK(l4_signal(notification));
	result = l4_recv(notification, &m);
	EXPECT_OK(result.status);
	EXPECT_EQ(0x8000000000000011, result.badge);
	EXPECT_EQ(L4_TAG_NOTIFICATION, result.tag);
	EXPECT_STATUS(L4_WOULD_BLOCK, l4_recv_nonblocking(notification, &m).status);
	EXPECT_OK(l4_send_nonblocking(a, 0, &m).status);
	EXPECT_EQ(0x10, l4_recv_nonblocking(notification, &m).badge);
}

TEST(NT0002, "signals carry no words")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION);
	struct worker *waiter = new_worker();
	struct l4_registers m = {{1, 2, 3, 4, 5, 6, 7, 8}};

	worker_recv(waiter, notification);
	EXPECT_OK(l4_send(notification, l4_tag(5, 8), &m).status);
	EXPECT_DONE(L4_OK, waiter);
	EXPECT_EQ(L4_TAG_NOTIFICATION, waiter->result.tag);
	for (int i = 0; i < 8; i++) {
		EXPECT_EQ(0, waiter->m.word[i]);
		EXPECT_EQ(0, m.word[i]);
	}
}

TEST(NT0003, "waiters are woken first come, first served, one by each signal")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION);
	struct worker *waiter[3];

	for (int i = 0; i < 3; i++) {
		waiter[i] = new_worker();
		worker_recv(waiter[i], notification);
		EXPECT_STATE(L4_THREAD_WAITING_NOTIFICATION, waiter[i]);
	}
	for (int i = 0; i < 3; i++) {
		EXPECT_OK(l4_signal(notification));
		EXPECT_DONE(L4_OK, waiter[i]);
	}
}

TEST(NT0004, "deleting a notification wakes all waiters with PEER_GONE")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION);
	struct worker *waiter[5];

	for (int i = 0; i < 5; i++) {
		waiter[i] = new_worker();
		worker_recv(waiter[i], notification);
	}
	delete_cap(waiter[2]->thread);
	delete_cap(notification);
	for (int i = 0; i < 5; i++) {
		if (i != 2)
			EXPECT_DONE(L4_PEER_GONE, waiter[i]);
	}
}

TEST(NT0005, "a bound notification ends a receive, before it and during it")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker = new_worker();
	struct l4_registers m = {{0}};

	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_NOTIFICATION, notification));
	worker_recv(worker, endpoint);
	EXPECT_STATE(L4_THREAD_RECEIVING, worker);
	EXPECT_OK(l4_signal(notification));
	EXPECT_DONE(L4_OK, worker);
	EXPECT_EQ(L4_TAG_NOTIFICATION, worker->result.tag);
	EXPECT_EQ(1, worker->result.badge);
	EXPECT_OK(l4_signal(mint_cap(notification, L4_WRITE, 6)));
	worker_reply_recv(worker, endpoint, 0);
	EXPECT_DONE(L4_OK, worker);
	EXPECT_EQ(6, worker->result.badge);
	worker_recv(worker, endpoint);
	EXPECT_OK(l4_send(endpoint, l4_tag(4, 0), &m).status);
	EXPECT_EQ(l4_tag(4, 0), worker->result.tag);
}

TEST(NT0006, "binding a notification that has bits wakes a thread that receives already")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker = new_worker();

	worker_recv(worker, endpoint);
	EXPECT_OK(l4_signal(notification));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_NOTIFICATION, notification));
	EXPECT_DONE(L4_OK, worker);
	EXPECT_EQ(1, worker->result.badge);
}

TEST(NT0007, "unbinding and deleting: the receive goes on without")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), endpoint = new_object(L4_TYPE_ENDPOINT), copy = copy_cap(notification, L4_ALL_RIGHTS);
	struct worker *worker = new_worker();
	struct l4_registers m = {{0}};

	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_NOTIFICATION, copy));
	worker_recv(worker, endpoint);
	delete_cap(copy);
	EXPECT_OK(l4_signal(notification));
	EXPECT_STATE(L4_THREAD_RECEIVING, worker);
	EXPECT_EQ(1, l4_recv_nonblocking(notification, &m).badge);
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_NOTIFICATION, notification));
	delete_cap(notification);
	EXPECT_STATE(L4_THREAD_RECEIVING, worker);
	EXPECT_OK(l4_send(endpoint, 0, &m).status);
	EXPECT_DONE(L4_OK, worker);
}

TEST(NT0008, "a thread that waits on its bound notification itself, and a second waiter")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION);
	struct worker *bound = new_worker(), *waiter = new_worker();

	EXPECT_OK(l4_thread_bind(bound->thread, L4_BIND_NOTIFICATION, notification));
	worker_recv(bound, notification);
	worker_recv(waiter, notification);
	EXPECT_OK(l4_signal(notification));
	EXPECT_DONE(L4_OK, bound);
	EXPECT_STATE(L4_THREAD_WAITING_NOTIFICATION, waiter);
	EXPECT_OK(l4_signal(notification));
	EXPECT_DONE(L4_OK, waiter);
}

TEST(NT0009, "a passive server is not woken by its bound notification, which would lose it to its callers; with time of its own it is")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *server = new_server(endpoint), *client = new_worker();

	EXPECT_OK(l4_thread_bind(server->thread, L4_BIND_NOTIFICATION, notification));
	EXPECT_OK(l4_signal(notification));
	EXPECT_STATE(L4_THREAD_RECEIVING, server);
	for (int i = 0; i < 3; i++) {
		worker_call(client, endpoint, 0);
		EXPECT_EQ(1, server->done);
		EXPECT_EQ(0, server->result.tag);
		worker_reply_recv(server, endpoint, 0);
		EXPECT_DONE(L4_OK, client);
		EXPECT_STATE(L4_THREAD_RECEIVING, server);
	}
	EXPECT_OK(l4_thread_bind(server->thread, L4_BIND_SCHED_CONTEXT, server->time));
	EXPECT_DONE(L4_OK, server);
	EXPECT_EQ(L4_TAG_NOTIFICATION, server->result.tag);
	EXPECT_EQ(1, server->result.badge);
}
