/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

#include <l4/ipc.h>

TEST(EP0001, "messages of 0 to 64 words arrive whole; words beyond the length arrive as 0")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *sender = new_worker();

	receive_ready();
	worker_buffer(sender);
	for (l4_word_t length = 0; length <= L4_MESSAGE_WORDS; length++) {
		struct l4_registers m;

		for (unsigned int i = 0; i < L4_MESSAGE_WORDS; i++) {
			if (i < L4_MESSAGE_REGISTERS)
				sender->m.word[i] = length * 100 + i;
			sender->buffer->message[i] = length * 100 + i;
			l4_ipc_buffer->message[i] = 7;
		}
		worker_send(sender, endpoint, l4_tag(length, length));
		EXPECT_STATE(L4_THREAD_SENDING, sender);
		struct l4_result result = look(endpoint, &m);
		EXPECT_OK(result.status);
		EXPECT_EQ(l4_tag(length, length), result.tag);
		for (unsigned int i = 0; i < L4_MESSAGE_REGISTERS; i++)
			EXPECT_EQ(i < length ? length * 100 + i : 0, m.word[i]);
		for (unsigned int i = L4_MESSAGE_REGISTERS; i < L4_MESSAGE_WORDS; i++)
			EXPECT_EQ(i < length ? length * 100 + i : 7, l4_ipc_buffer->message[i]);
		EXPECT_DONE(L4_OK, sender);
	}
}

TEST(EP0002, "the same to a receiver that waits already, and as call and reply, active and passive")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);

	for (int passive = 0; passive < 2; passive++) {
		struct worker *server = new_worker(), *client = new_worker();

		worker_buffer(server);
		worker_buffer(client);
		worker_recv(server, endpoint);
		for (l4_word_t length = 0; length <= L4_MESSAGE_WORDS; length++) {
			if (passive && length == 0)
				worker_make_passive(server);
			for (unsigned int i = 0; i < L4_MESSAGE_WORDS; i++) {
				if (i < L4_MESSAGE_REGISTERS)
					client->m.word[i] = length + i;
				client->buffer->message[i] = length + i;
			}
			worker_call(client, endpoint, l4_tag(5, length));
			EXPECT_STATE(L4_THREAD_WAITING_REPLY, client);
			EXPECT_EQ(l4_tag(5, length), server->result.tag);
			for (unsigned int i = 0; i < L4_MESSAGE_REGISTERS; i++)
				EXPECT_EQ(i < length ? length + i : 0, server->m.word[i]);
			for (unsigned int i = L4_MESSAGE_REGISTERS; i < length; i++)
				EXPECT_EQ(length + i, server->buffer->message[i]);
			worker_reply_recv(server, endpoint, l4_tag(6, length));
			EXPECT_DONE(L4_OK, client);
			EXPECT_EQ(l4_tag(6, length), client->result.tag);
			for (unsigned int i = 0; i < L4_MESSAGE_REGISTERS; i++)
				EXPECT_EQ(i < length ? length + i : 0, client->m.word[i]);
			EXPECT_STATE(L4_THREAD_RECEIVING, server);
		}
		delete_cap(server->thread);
	}
}

TEST(EP0003, "badges and labels arrive as minted and sent")
{
	static const l4_word_t badges[] = {1, 42, 1UL << 63, ~0UL};
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *sender = new_worker();
	struct l4_registers m;
	l4_word_t label = ~0UL >> L4_TAG_LABEL_SHIFT;

	receive_ready();
	for (size_t i = 0; i < 4; i++) {
		worker_send(sender, mint_cap(endpoint, L4_WRITE, badges[i]), l4_tag(label, 1));
		struct l4_result result = look(endpoint, &m);
		EXPECT_EQ(badges[i], result.badge);
		EXPECT_EQ(label, l4_tag_label(result.tag));
	}
	worker_send(sender, endpoint, 0);
	EXPECT_EQ(0, look(endpoint, &m).badge);
}

TEST(EP0004, "senders and callers are served first come, first served, whatever their priority")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct l4_registers m;

	receive_ready();
	for (l4_word_t i = 0; i < 6; i++) {
		struct worker *sender = new_worker_of(i % 2 ? WORKER_PRIORITY : WORKER_PRIORITY + 50);

		worker_send(sender, mint_cap(endpoint, L4_WRITE, i + 1), 0);
	}
	for (l4_word_t i = 0; i < 6; i++)
		EXPECT_EQ(i + 1, look(endpoint, &m).badge);
	EXPECT_STATUS(L4_WOULD_BLOCK, look(endpoint, &m).status);
}

TEST(EP0005, "receivers are served first come, first served")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *receiver[3];

	for (int i = 0; i < 3; i++) {
		receiver[i] = new_worker_of(WORKER_PRIORITY + 10 * (l4_word_t)i);
		worker_recv(receiver[i], endpoint);
	}
	for (int i = 0; i < 3; i++) {
		struct l4_registers m = {{(l4_word_t)i}};

		EXPECT_OK(l4_send(endpoint, l4_tag(1, 1), &m).status);
		EXPECT_DONE(L4_OK, receiver[i]);
		EXPECT_EQ(i, receiver[i]->m.word[0]);
	}
}

TEST(EP0006, "non-blocking calls never wait")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *receiver = new_worker();
	struct l4_registers m = {{0}};

	receive_ready();
	EXPECT_STATUS(L4_WOULD_BLOCK, l4_recv_nonblocking(endpoint, &m).status);
	EXPECT_STATUS(L4_WOULD_BLOCK, l4_send_nonblocking(endpoint, 0, &m).status);
	worker_recv(receiver, endpoint);
	EXPECT_OK(l4_send_nonblocking(endpoint, 0, &m).status);
	EXPECT_DONE(L4_OK, receiver);
}

TEST(EP0007, "receiving needs a free reply object: BAD_STATE without one, and while its caller waits")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *caller = new_worker();
	struct l4_registers m;

	EXPECT_STATUS(L4_BAD_STATE, l4_recv(endpoint, &m).status);
	EXPECT_STATUS(L4_BAD_STATE, l4_reply_recv(endpoint, 0, &m).status);
	receive_ready();
	worker_call(caller, endpoint, 0);
	EXPECT_OK(look(endpoint, &m).status);
	EXPECT_STATUS(L4_BAD_STATE, l4_recv(endpoint, &m).status);
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, caller);
}

static void expect_gone(struct worker *worker)
{
	EXPECT_DONE(L4_PEER_GONE, worker);
}

TEST(EP0008, "deleting an endpoint wakes all who wait there with PEER_GONE, callers of answered calls wait on")
{
	for (int receivers = 0; receivers < 2; receivers++) {
		l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
		struct worker *worker[10], *answered = new_worker();
		struct l4_registers m;

		receive_ready();
		worker_call(answered, endpoint, 0);
		EXPECT_OK(look(endpoint, &m).status);
		for (int i = 0; i < 10; i++) {
			worker[i] = new_worker();
			if (receivers)
				worker_recv(worker[i], endpoint);
			else if (i % 2)
				worker_send(worker[i], endpoint, 0);
			else
				worker_call(worker[i], endpoint, 0);
		}
		delete_cap(endpoint);
		for (int i = 0; i < 10; i++)
			expect_gone(worker[i]);
		EXPECT_STATE(L4_THREAD_WAITING_REPLY, answered);
		EXPECT_STATUS(L4_INVALID_CAP, l4_reply_recv(endpoint, 0, &m).status);
		EXPECT_DONE(L4_OK, answered);
	}
}

TEST(EP0009, "revoking a copy leaves those who wait through it; the endpoint lives")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), copy = copy_cap(endpoint, L4_ALL_RIGHTS);
	struct worker *sender = new_worker();
	struct l4_registers m = {{0}};

	receive_ready();
	worker_send(sender, copy, 0);
	delete_cap(copy);
	EXPECT_STATE(L4_THREAD_SENDING, sender);
	EXPECT_OK(look(endpoint, &m).status);
	EXPECT_DONE(L4_OK, sender);
	EXPECT_STATUS(L4_INVALID_CAP, l4_send(copy, 0, &m).status);
}

TEST(EP0010, "threads killed while they wait leave the queue whole: first, middle, last")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);

	receive_ready();
	for (int victim = 0; victim < 3; victim++) {
		struct worker *worker[3];
		struct l4_registers m;

		for (int i = 0; i < 3; i++) {
			worker[i] = new_worker();
			worker_call(worker[i], mint_cap(endpoint, L4_WRITE, (l4_word_t)i + 1), 0);
		}
		delete_cap(worker[victim]->thread);
		for (int i = 0; i < 3; i++) {
			if (i == victim)
				continue;
			struct l4_result result = i == (victim == 0 ? 1 : 0) ? look(endpoint, &m) : l4_reply_recv(endpoint, 0, &m);
			EXPECT_OK(result.status);
			EXPECT_EQ(i + 1, result.badge);
		}
		EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, 0));
		receive_ready();
	}
}

/* --- Capabilities in messages --- */

static struct worker *receiver_of_cap(l4_cap_t endpoint, l4_cap_t slot)
{
	struct worker *receiver = new_worker();

	worker_buffer(receiver);
	receiver->buffer->recv_slot = slot;
	worker_recv(receiver, endpoint);
	return receiver;
}

TEST(EP0011, "a copy of a capability travels with a message: a child of the sender's, with its rights and badge")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), gift = mint_cap(new_object(L4_TYPE_ENDPOINT), L4_WRITE, 9), slot = new_slot();
	struct worker *receiver = receiver_of_cap(endpoint, slot);
	struct l4_registers m = {{1}};

	l4_ipc_buffer->send_slot = gift;
	EXPECT_OK(l4_send(endpoint, l4_tag(1, 1) | L4_TAG_CAP, &m).status);
	EXPECT_EQ(l4_tag(1, 1) | L4_TAG_CAP, receiver->result.tag);
	EXPECT_EQ(L4_TYPE_ENDPOINT, type_of(slot));
	EXPECT_EQ(9, badge_of(slot));
	EXPECT_EQ(L4_WRITE, rights_of(slot));
	EXPECT_TRUE(!is_empty(gift));
	revoke_cap(gift);
	EXPECT_TRUE(is_empty(slot));
}

TEST(EP0012, "a capability moves with a message, also one that cannot be copied")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), gift = new_sized(L4_TYPE_UNTYPED, 12), slot = new_slot();
	struct worker *receiver = receiver_of_cap(endpoint, slot);
	struct l4_registers m = {{1}};

	l4_ipc_buffer->send_slot = gift;
	EXPECT_OK(l4_send(endpoint, L4_TAG_CAP | L4_TAG_MOVE, &m).status);
	EXPECT_EQ(L4_TAG_CAP, receiver->result.tag);
	EXPECT_TRUE(is_empty(gift));
	EXPECT_EQ(L4_TYPE_UNTYPED, type_of(slot));
}

TEST(EP0013, "a capability stays where it is, and the message goes without, when it may not or cannot be given")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), no_grant = copy_cap(endpoint, L4_WRITE | L4_READ), timer = new_object(L4_TYPE_TIMER),
		 untyped = new_sized(L4_TYPE_UNTYPED, 12), empty = new_slot(), deep = deepest_copy(timer);
	const struct {
		l4_cap_t through, gift, slot;
	} cases[] = {
		{no_grant, timer, new_slot()}, {endpoint, timer, 0}, {endpoint, timer, timer}, {endpoint, empty, new_slot()}, {endpoint, ~0UL, new_slot()},
		{endpoint, timer, ~0UL}, {endpoint, timer, 1UL << 14}, {endpoint, untyped, new_slot()}, {endpoint, deep, new_slot()}, {endpoint, 0, new_slot()},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct worker *receiver = receiver_of_cap(endpoint, cases[i].slot);
		struct l4_registers m = {{1}};

		l4_ipc_buffer->send_slot = cases[i].gift;
		EXPECT_OK(l4_send(cases[i].through, l4_tag(3, 1) | L4_TAG_CAP, &m).status);
		EXPECT_EQ(l4_tag(3, 1), receiver->result.tag);
		if (cases[i].slot && cases[i].slot < 1UL << 13 && cases[i].slot != timer)
			EXPECT_TRUE(is_empty(cases[i].slot));
		EXPECT_EQ(L4_TYPE_TIMER, type_of(timer));
		delete_cap(receiver->thread);
		*receiver = (struct worker){0};
	}
}

TEST(EP0014, "the grant right counts as it was when the message was sent; a queued gift is looked up on delivery")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), no_grant = copy_cap(endpoint, L4_WRITE), gift = new_object(L4_TYPE_TIMER), slot = new_slot();
	struct worker *sender = new_worker();
	struct l4_registers m;

	receive_ready();
	worker_buffer(sender);
	sender->buffer->send_slot = gift;
	l4_ipc_buffer->recv_slot = slot;
	worker_send(sender, no_grant, L4_TAG_CAP);
	EXPECT_EQ(0, look(endpoint, &m).tag);
	EXPECT_TRUE(is_empty(slot));
	worker_send(sender, endpoint, L4_TAG_CAP);
	EXPECT_EQ(L4_TAG_CAP, look(endpoint, &m).tag);
	EXPECT_EQ(L4_TYPE_TIMER, type_of(slot));
	l4_ipc_buffer->recv_slot = 0;
}

TEST(EP0015, "a server gives a capability with its reply if the caller's way to it grants, and else the reply goes without")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), slot = new_slot();
	struct worker *client = new_worker();
	struct l4_registers m;

	receive_ready();
	worker_buffer(client);
	client->buffer->recv_slot = slot;
	l4_ipc_buffer->send_slot = new_object(L4_TYPE_TIMER);
	worker_call(client, copy_cap(endpoint, L4_WRITE), 0);
	EXPECT_OK(look(endpoint, &m).status);
	m = (struct l4_registers){{0}};
	EXPECT_STATUS(L4_INVALID_CAP, l4_reply_recv(0, L4_TAG_CAP, &m).status);
	EXPECT_DONE(L4_OK, client);
	EXPECT_EQ(0, client->result.tag);
	EXPECT_TRUE(is_empty(slot));
	worker_call(client, copy_cap(endpoint, L4_WRITE | L4_GRANT), 0);
	EXPECT_OK(look(endpoint, &m).status);
	m = (struct l4_registers){{0}};
	EXPECT_STATUS(L4_INVALID_CAP, l4_reply_recv(0, L4_TAG_CAP, &m).status);
	EXPECT_DONE(L4_OK, client);
	EXPECT_EQ(L4_TAG_CAP, client->result.tag);
	EXPECT_EQ(L4_TYPE_TIMER, type_of(slot));
}

TEST(EP0016, "moving the endpoint itself, or the cnode, with its own message")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), slot = new_slot();
	struct worker *receiver = receiver_of_cap(endpoint, slot);
	struct l4_registers m = {{0}};

	l4_ipc_buffer->send_slot = endpoint;
	EXPECT_OK(l4_send(endpoint, L4_TAG_CAP | L4_TAG_MOVE, &m).status);
	EXPECT_DONE(L4_OK, receiver);
	EXPECT_TRUE(is_empty(endpoint));
	EXPECT_EQ(L4_TYPE_ENDPOINT, type_of(slot));
	receiver = receiver_of_cap(slot, endpoint);
	l4_ipc_buffer->send_slot = L4_SLOT_CNODE;
	EXPECT_OK(l4_send(slot, L4_TAG_CAP, &m).status);
	EXPECT_EQ(L4_TYPE_CNODE, type_of(endpoint));
}

/* --- Between spaces: the fast path, and what it declines --- */

TEST(EP0017, "round trips between spaces, with every length, while others are ready")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), badged = mint_cap(endpoint, L4_WRITE, 77);
	struct worker *server = new_remote(WORKER_PRIORITY + 1), *client = new_remote(WORKER_PRIORITY), *other = new_worker_of(WORKER_PRIORITY);

	remote_syscall(server, L4_SYS_RECV, endpoint, 0);
	EXPECT_STATE(L4_THREAD_RECEIVING, server);
	worker_make_passive(server);
	for (l4_word_t length = 0; length <= 8; length++) {
		for (int i = 0; i < 8; i++)
			client->m.word[i] = 0x1000 * length + (l4_word_t)i;
		remote_syscall(client, L4_SYS_CALL, badged, l4_tag(length, length));
		EXPECT_STATE(L4_THREAD_WAITING_REPLY, client);
		EXPECT_STATE(L4_THREAD_SUSPENDED, server);
		EXPECT_EQ(77, server->result.badge);
		EXPECT_EQ(l4_tag(length, length), server->result.tag);
		for (int i = 0; i < 8; i++)
			EXPECT_EQ(i < (int)length ? 0x1000 * length + (l4_word_t)i : 0, server->m.word[i]);
		for (int i = 0; i < 8; i++)
			server->m.word[i] = ~(l4_word_t)i;
		remote_syscall(server, L4_SYS_REPLY_RECV, endpoint, l4_tag(1, length));
		EXPECT_DONE(L4_OK, client);
		EXPECT_EQ(0, client->result.badge);
		for (int i = 0; i < 8; i++)
			EXPECT_EQ(i < (int)length ? ~(l4_word_t)i : 0, client->m.word[i]);
		EXPECT_STATE(L4_THREAD_RECEIVING, server);
	}
	EXPECT_EQ(0, other->done);
}

TEST(EP0018, "a call to a server of lower priority leaves the processor to whoever is above it")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *server = new_worker(), *client = new_worker();

	worker_recv(server, endpoint);
	worker_make_passive(server);
	EXPECT_OK(l4_thread_set_priority(server->thread, fixture.domain, MAIN_PRIORITY - 1));
	worker_call(client, endpoint, 0);
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, client);
	EXPECT_STATE(L4_THREAD_READY, server); /* this thread runs instead */
	EXPECT_OK(l4_thread_set_priority(server->thread, fixture.domain, WORKER_PRIORITY));
	EXPECT_DONE(L4_OK, server);
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, client);
}

static void serve(struct worker *server)
{
	struct l4_registers m;
	struct l4_result result = l4_recv(server->cap, &m);

	while (result.status == L4_OK) {
		server->value++;
		m.word[0]++;
		result = l4_reply_recv(server->cap, l4_tag(0, 1), &m);
	}
	server->result = result;
}

static void call_often(struct worker *client)
{
	for (l4_word_t i = 0; i < 200; i++) {
		struct l4_registers m = {{client->value}};
		struct l4_result result = l4_call(client->cap, l4_tag(0, 1), &m);

		client->result = result;
		if (result.status != L4_OK || m.word[0] != client->value + 1)
			return;
		client->value = m.word[0];
	}
}

TEST(EP0019, "five clients of different priorities and one passive server, 1,000 round trips")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *server = new_worker_of(WORKER_PRIORITY + 20), *client[5];

	server->cap = endpoint;
	worker_run(server, serve);
	worker_make_passive(server);
	for (l4_word_t i = 0; i < 5; i++) {
		client[i] = new_worker_of(MAIN_PRIORITY - 5 + i);
		client[i]->cap = endpoint;
		worker_run(client[i], call_often);
	}
	while (client[0]->done == 0)
		sleep_microseconds(2000);
	for (int i = 0; i < 5; i++)
		EXPECT_EQ(200, client[i]->value);
	EXPECT_EQ(1000, server->value);
	delete_cap(endpoint);
	EXPECT_STATE(L4_THREAD_READY, server); /* passive: nobody lends it time to see PEER_GONE */
}

TEST(EP0020, "a chain of passive servers: time is lent on, and comes all the way home")
{
	l4_cap_t a = new_object(L4_TYPE_ENDPOINT), b = new_object(L4_TYPE_ENDPOINT);
	struct worker *front = new_server(a), *back = new_server(b), *client = new_worker();

	for (int round = 0; round < 3; round++) {
		worker_call(client, a, 0);
		EXPECT_STATE(L4_THREAD_SUSPENDED, front);
		worker_call(front, b, 0);
		EXPECT_STATE(L4_THREAD_SUSPENDED, back);
		EXPECT_STATE(L4_THREAD_WAITING_REPLY, front);
		worker_reply_recv(back, b, 0);
		EXPECT_STATE(L4_THREAD_RECEIVING, back);
		EXPECT_DONE(L4_OK, front);
		worker_reply_recv(front, a, 0);
		EXPECT_DONE(L4_OK, client);
	}
}

TEST(EP0021, "killing any one of a chain of calls: the others get their time or PEER_GONE")
{
	for (int victim = 0; victim < 3; victim++) {
		l4_cap_t a = new_object(L4_TYPE_ENDPOINT), b = new_object(L4_TYPE_ENDPOINT);
		struct worker *front = new_server(a), *back = new_server(b), *client = new_worker();

		worker_call(client, a, 0);
		worker_call(front, b, 0);
		if (victim == 0) {
			delete_cap(client->thread);
			worker_reply_recv(back, b, 0);
			EXPECT_STATE(L4_THREAD_RECEIVING, back);
			EXPECT_DONE(L4_OK, front);
			worker_reply_recv(front, a, 0); /* gives back time that has no home any more */
			EXPECT_STATE(L4_THREAD_RECEIVING, front);
		} else if (victim == 1) {
			delete_cap(front->thread);
			EXPECT_STATE(L4_THREAD_READY, client); /* PEER_GONE, but its time is still with the last server */
			worker_reply_recv(back, b, 0);
			EXPECT_DONE(L4_PEER_GONE, client);
			EXPECT_STATE(L4_THREAD_RECEIVING, back);
		} else {
			delete_cap(back->thread);
			EXPECT_DONE(L4_PEER_GONE, front);
			worker_reply_recv(front, a, 0);
			EXPECT_DONE(L4_OK, client);
		}
	}
}
