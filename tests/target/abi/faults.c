/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program may not do on any architecture, and what its handler is told of it. */
#include "faults.h"

#include <l4/registers.h>

#include <target.h>

struct worker *new_faulter(l4_cap_t endpoint, l4_word_t badge)
{
	struct worker *worker = new_worker();

	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_HANDLER, mint_cap(endpoint, L4_WRITE, badge)));
	return worker;
}

struct l4_registers expect_fault(l4_cap_t endpoint, l4_word_t label, l4_word_t badge)
{
	struct l4_registers m;
	struct l4_result result = look(endpoint, &m);

	EXPECT_OK(result.status);
	EXPECT_EQ(l4_tag(label, L4_FAULT_LENGTH), result.tag);
	EXPECT_EQ(badge, result.badge);
	for (int i = L4_FAULT_LENGTH; i < L4_MESSAGE_REGISTERS; i++)
		EXPECT_EQ(0, m.word[i]);
	return m;
}

void answer(void)
{
	struct l4_registers m = {{0}};

	EXPECT_STATUS(L4_INVALID_CAP, l4_reply_recv(0, 0, &m).status);
}

TEST(FL0001, "page faults tell address, right and program counter; an answer tries again")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), frame = new_frame();
	struct worker *worker = new_faulter(endpoint, 5);
	struct l4_registers m;

	receive_ready();
	worker_load(worker, CASE_VADDR + 8);
	EXPECT_STATE(L4_THREAD_CALLING, worker);
	m = expect_fault(endpoint, L4_FAULT_PAGE, 5);
	EXPECT_EQ(CASE_VADDR + 8, m.word[L4_FAULT_ADDRESS]);
	EXPECT_EQ(L4_READ, m.word[L4_FAULT_RIGHT]);
	EXPECT_TRUE(m.word[L4_FAULT_PC] != 0);
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, worker);
	answer();
	EXPECT_STATE(L4_THREAD_CALLING, worker); /* the same again */
	m = expect_fault(endpoint, L4_FAULT_PAGE, 5);
	map_frame(L4_SLOT_VSPACE, frame, CASE_VADDR, L4_READ | L4_WRITE);
	((volatile l4_word_t *)CASE_VADDR)[1] = 88;
	answer();
	EXPECT_EQ(1, worker->done);
	EXPECT_EQ(88, worker->value);
	EXPECT_OK(l4_frame_map(frame, L4_SLOT_VSPACE, CASE_VADDR, L4_READ, NULL));
	worker_store(worker, CASE_VADDR + 8);
	m = expect_fault(endpoint, L4_FAULT_PAGE, 5);
	EXPECT_EQ(L4_WRITE, m.word[L4_FAULT_RIGHT]);
	EXPECT_OK(l4_thread_suspend(worker->thread));
	EXPECT_OK(l4_thread_resume(worker->thread)); /* forgotten, and happens again */
	m = expect_fault(endpoint, L4_FAULT_PAGE, 5);
	EXPECT_OK(l4_thread_suspend(worker->thread));
	worker->started = false;
	worker_jump(worker, CASE_VADDR);
	m = expect_fault(endpoint, L4_FAULT_PAGE, 5);
	EXPECT_EQ(L4_EXECUTE, m.word[L4_FAULT_RIGHT]);
	EXPECT_EQ(CASE_VADDR, m.word[L4_FAULT_PC]);
}

TEST(FL0002, "a waiting handler gets the fault at once; active and passive; registers of the faulted thread stay")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);

	for (int passive = 0; passive < 2; passive++) {
		struct worker *handler = new_worker(), *worker = new_faulter(endpoint, 6);
		l4_word_t registers[L4_REGISTERS_COUNT];

		worker_recv(handler, endpoint);
		if (passive)
			worker_make_passive(handler);
		EXPECT_OK(l4_thread_start(worker->thread, CASE_VADDR, 0x1230, 0x4560, 0x7890));
		EXPECT_STATE(L4_THREAD_WAITING_REPLY, worker);
		EXPECT_EQ(l4_tag(L4_FAULT_PAGE, L4_FAULT_LENGTH), handler->result.tag);
		EXPECT_EQ(6, handler->result.badge);
		EXPECT_EQ(CASE_VADDR, handler->m.word[L4_FAULT_ADDRESS]);
		EXPECT_OK(l4_thread_read_registers(worker->thread, registers, L4_REGISTERS_COUNT));
		EXPECT_EQ(CASE_VADDR, registers[REGISTER_PC]);
		EXPECT_EQ(0x1230, registers[REGISTER_SP]);
		EXPECT_EQ(0x7890, registers[REGISTER_THREAD_POINTER]);
		EXPECT_EQ(0x4560, registers[REGISTER_ARGUMENT]);
		for (int i = 0; i < L4_REGISTERS_COUNT; i++)
			EXPECT_TRUE(!register_is_message(i) || registers[i] == 0);
		/* The handler changes them, and the thread goes on elsewhere. */
		registers[REGISTER_PC] = CASE_VADDR + 2 * PAGE;
		EXPECT_OK(l4_thread_write_registers(worker->thread, registers, L4_REGISTERS_COUNT));
		worker_reply_recv(handler, endpoint, 0);
		EXPECT_EQ(CASE_VADDR + 2 * PAGE, handler->m.word[L4_FAULT_ADDRESS]);
		delete_cap(worker->thread);
		delete_cap(handler->thread);
	}
}

TEST(FL0003, "without a handler, or when it is gone, a fault suspends where it happened")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *none = new_worker(), *queued = new_faulter(endpoint, 1), *answered = new_faulter(endpoint, 2), *later = new_faulter(endpoint, 3);

	receive_ready();
	worker_load(none, CASE_VADDR);
	EXPECT_STATE(L4_THREAD_SUSPENDED, none);
	worker_load(answered, CASE_VADDR);
	expect_fault(endpoint, L4_FAULT_PAGE, 2);
	worker_load(queued, CASE_VADDR);
	delete_cap(endpoint);
	EXPECT_STATE(L4_THREAD_SUSPENDED, queued);
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, answered);
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, 0));
	EXPECT_STATE(L4_THREAD_SUSPENDED, answered);
	worker_load(later, CASE_VADDR);
	EXPECT_STATE(L4_THREAD_SUSPENDED, later);
	map_frame(L4_SLOT_VSPACE, new_frame(), CASE_VADDR, L4_READ);
	EXPECT_OK(l4_thread_resume(queued->thread));
	EXPECT_OK(l4_thread_resume(answered->thread));
	EXPECT_OK(l4_thread_resume(none->thread));
	EXPECT_TRUE(none->done && queued->done && answered->done);
}

TEST(FL0004, "the memory of the kernel, and all addresses beyond a process's, cannot be read, written or run")
{
	static const l4_word_t places[] = {FORBIDDEN_PLACES};
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);

	receive_ready();
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		void (*const ways[])(struct worker *, l4_word_t) = {worker_load, worker_store, worker_jump};

		if (places[i] < fixture.space_end && places[i] >= CASE_VADDR)
			continue; /* an ordinary address of a large space */
		for (int way = 0; way < 3; way++) {
			struct worker *worker = new_faulter(endpoint, 7);

			ways[way](worker, places[i]);
			expect_fault(endpoint, L4_FAULT_PAGE, 7);
			delete_cap(worker->thread);
			*worker = (struct worker){0};
		}
	}
}

TEST(FL0009, "a thread killed while its fault waits or is answered")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *queued = new_faulter(endpoint, 1), *taken = new_faulter(endpoint, 2);
	struct l4_registers m;

	receive_ready();
	worker_load(taken, CASE_VADDR);
	expect_fault(endpoint, L4_FAULT_PAGE, 2);
	worker_load(queued, CASE_VADDR);
	delete_cap(queued->thread);
	delete_cap(taken->thread);
	EXPECT_STATUS(L4_WOULD_BLOCK, look(endpoint, &m).status);
}

TEST(FL0010, "a handler that faults itself, in a circle of two")
{
	l4_cap_t a = new_object(L4_TYPE_ENDPOINT), b = new_object(L4_TYPE_ENDPOINT);
	struct worker *first = new_faulter(a, 1), *second = new_faulter(b, 2);

	worker_recv(first, b);
	EXPECT_OK(l4_thread_bind(first->thread, L4_BIND_HANDLER, a));
	worker_load(second, CASE_VADDR);
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, second);
	worker_load(first, CASE_VADDR); /* its own fault goes to an endpoint where nobody will ever receive */
	EXPECT_STATE(L4_THREAD_CALLING, first);
	delete_cap(first->thread);
	EXPECT_STATE(L4_THREAD_SUSPENDED, second);
}

TEST(FL0011, "no register that the kernel or another thread used shows after a system call, whatever its way through the kernel")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), notification = new_object(L4_TYPE_NOTIFICATION);
	struct worker *server = new_remote(WORKER_PRIORITY + 1), *client = new_remote(WORKER_PRIORITY);
	struct l4_registers m = {{1, 2, 3, 4, 5, 6, 7, 8}};

	remote_syscall(client, L4_SYS_YIELD, 0, 0);
	expect_clean(client);
	remote_syscall(client, L4_SYS_CALL, fixture.object_memory, l4_tag(L4_OP_UNTYPED_INFO, 0));
	expect_clean(client);
	remote_syscall(client, 99, 0, 0);
	expect_clean(client);
	remote_syscall(client, L4_SYS_RECV, notification, 0);
	EXPECT_OK(l4_signal(notification));
	expect_clean(client);
	remote_syscall(server, L4_SYS_RECV, endpoint, 0);
	EXPECT_OK(l4_send(endpoint, l4_tag(0, 8), &m).status);
	expect_clean(server);
	for (int passive = 0; passive < 2; passive++) {
		remote_syscall(server, L4_SYS_RECV, endpoint, 0);
		if (passive)
			worker_make_passive(server);
		for (l4_word_t length = 0; length < 10; length++) {
			remote_syscall(client, L4_SYS_CALL, endpoint, l4_tag(3, length));
			expect_clean(server);
			remote_syscall(server, L4_SYS_REPLY_RECV, endpoint, l4_tag(3, length));
			expect_clean(client);
			EXPECT_EQ(1, client->done);
		}
		EXPECT_OK(l4_send(endpoint, 0, &m).status);
		expect_clean(server);
	}
}
