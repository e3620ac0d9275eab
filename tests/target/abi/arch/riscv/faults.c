/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program may not do, and what its handler is told of it. */
#include "worker.h"

#include <l4/abi/fault.h>
#include <l4/registers.h>

#define EBREAK 0x00100073
#define RET 0x00008067
#define ILLEGAL 0x00000000

/* A worker with a handler; the case answers. */
static struct worker *new_faulter(l4_cap_t endpoint, l4_word_t badge)
{
	struct worker *worker = new_worker();

	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_HANDLER, mint_cap(endpoint, L4_WRITE, badge)));
	return worker;
}

static struct l4_registers expect_fault(l4_cap_t endpoint, l4_word_t label, l4_word_t badge)
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

static void answer(void)
{
	struct l4_registers m = {{0}};

	EXPECT_STATUS(L4_INVALID_CAP, l4_reply_recv(0, 0, &m).status);
}

/* One instruction and a return, where workers can run it. */
static void write_code(uint32_t instruction)
{
	static const uint32_t ret = RET;
	l4_cap_t frame = new_frame();

	map_frame(L4_SLOT_VSPACE, frame, CASE_VADDR, L4_READ | L4_WRITE);
	memcpy((void *)CASE_VADDR, &instruction, sizeof(instruction));
	memcpy((void *)(CASE_VADDR + 4), &ret, sizeof(ret));
	EXPECT_OK(l4_frame_map(frame, L4_SLOT_VSPACE, CASE_VADDR, L4_READ | L4_EXECUTE, NULL));
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
		EXPECT_EQ(CASE_VADDR, registers[0]);
		EXPECT_EQ(0x1230, registers[2]);
		EXPECT_EQ(0x7890, registers[4]);
		EXPECT_EQ(0x4560, registers[10]);
		for (int i = 18; i < 26; i++)
			EXPECT_EQ(0, registers[i]);
		/* The handler changes them, and the thread goes on elsewhere. */
		registers[0] = CASE_VADDR + 2 * PAGE;
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
	static const l4_word_t places[] = {
		0xffffffc000000000, 0xffffffc080000000, 0xffffffc080200000, 0xffffffff80000000, 0xffffffff80200000, 0xffffffff80201000, 0xffffffffc0000000,
		0xffffffffc0200000, 0xffffffffc0400000, 0xfffffffffffffff8, 0xffff800000000000, 0x8000000000000000, 0x4000000000, 0x800000000000,
		0x0000000080000000, 0x80200000, 0x10000000000000, 0,
	};
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);

	receive_ready();
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		void (*const ways[])(struct worker *, l4_word_t) = {worker_load, worker_store, worker_jump};

		if (places[i] < fixture.space_end && places[i] >= 0x4000000000)
			continue; /* Sv48: an ordinary address */
		for (int way = 0; way < 3; way++) {
			struct worker *worker = new_faulter(endpoint, 7);

			ways[way](worker, places[i]);
			expect_fault(endpoint, L4_FAULT_PAGE, 7);
			delete_cap(worker->thread);
			*worker = (struct worker){0};
		}
	}
}

static uint32_t csr_instruction(uint32_t csr, uint32_t function)
{
	return csr << 20 | 5 << 15 | function << 12 | 6 << 7 | 0x73; /* function t1, csr, t0 */
}

/* Runs one instruction in a worker; whether it was refused as illegal. */
static bool is_refused(uint32_t instruction)
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker = new_faulter(endpoint, 8);
	struct l4_registers m;
	struct l4_result result;

	write_code(instruction);
	worker_jump(worker, CASE_VADDR);
	result = look(endpoint, &m);
	if (result.status == L4_OK) {
		EXPECT_EQ(l4_tag(L4_FAULT_ILLEGAL_INSTRUCTION, L4_FAULT_LENGTH), result.tag);
		EXPECT_EQ(CASE_VADDR, m.word[L4_FAULT_PC]);
	} else {
		EXPECT_EQ(1, worker->done);
	}
	delete_cap(worker->thread);
	*worker = (struct worker){0};
	revoke_cap(fixture.user_memory);
	revoke_cap(fixture.object_memory);
	return result.status == L4_OK;
}

TEST(FL0005, "privileged instructions are illegal")
{
	static const uint32_t privileged[] = {
		0x10200073, /* sret */
		0x30200073, /* mret */
		0x10500073, /* wfi */
		0x12000073, /* sfence.vma */
		0x16000073, /* sinval.vma */
		0x22000073, /* hfence.vvma */
		0x62000073, /* hfence.gvma */
		0x60004073, /* hlv.b */
		0x6a004073, /* hsv.w */
		0x7b200073, /* dret */
		0x00000000, 0xffffffff,
	};

	for (size_t i = 0; i < sizeof(privileged) / sizeof(privileged[0]); i++) {
		receive_ready();
		EXPECT_TRUE(is_refused(privileged[i]));
	}
}

TEST(FL0006, "no control and status register but the counters can be read, none can be written")
{
	for (uint32_t csr = 0; csr < 0x1000; csr++) {
		bool is_counter = csr >= 0xc00 && csr <= 0xc02;
		/* One of each of the groups that need another privilege would do; the interesting ones are tried all. */
		bool interesting = csr < 0x20 || (csr >= 0x100 && csr < 0x1b0) || (csr >= 0x200 && csr < 0x2b0) || (csr >= 0x600 && csr < 0x6b0) ||
				   (csr >= 0xc00 && csr < 0xc20) || csr % 64 == 0;

		if (!interesting)
			continue;
		receive_ready();
		EXPECT_EQ(!is_counter, is_refused(csr << 20 | 2 << 12 | 6 << 7 | 0x73)); /* csrr t1 */
		receive_ready();
		EXPECT_TRUE(is_refused(csr_instruction(csr, 1)));
		watchdog_feed();
	}
}

TEST(FL0007, "breakpoints and misaligned atomics are told as such")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker = new_faulter(endpoint, 9), *second = new_faulter(endpoint, 10);
	struct l4_registers m;

	receive_ready();
	write_code(EBREAK);
	worker_jump(worker, CASE_VADDR);
	m = expect_fault(endpoint, L4_FAULT_BREAKPOINT, 9);
	EXPECT_EQ(CASE_VADDR, m.word[L4_FAULT_PC]);
	l4_word_t registers[1] = {CASE_VADDR + 4};
	EXPECT_OK(l4_thread_write_registers(worker->thread, registers, 1));
	answer();
	EXPECT_EQ(1, worker->done);
	EXPECT_OK(l4_cnode_delete(L4_SLOT_CNODE, worker->thread));
	revoke_cap(fixture.user_memory);
	write_code(0x100535af); /* lr.d a1, (a0), with a0 the worker... */
	EXPECT_OK(l4_thread_start(second->thread, CASE_VADDR, 0, CASE_VADDR + 1, 0));
	struct l4_result result = look(endpoint, &m);
	EXPECT_OK(result.status);
	EXPECT_TRUE(l4_tag_label(result.tag) == L4_FAULT_MISALIGNED || l4_tag_label(result.tag) == L4_FAULT_ACCESS);
	EXPECT_EQ(CASE_VADDR + 1, m.word[L4_FAULT_ADDRESS]);
}

TEST(FL0008, "the FPU is an illegal instruction for a thread that was not allowed it")
{
	receive_ready();
	EXPECT_TRUE(is_refused(0xf2000053)); /* fmv.d.x ft0, zero */
	receive_ready();
	EXPECT_TRUE(is_refused(0x00301073)); /* fscsr */
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

/* Of what a system call gives back only sp, the results and the words may be other than 0. */
static void expect_clean(const struct worker *remote)
{
	for (int i = 1; i < 32; i++) {
		bool is_result = i == 2 || (i >= 10 && i <= 12) || (i >= 18 && i <= 25);

		if (!is_result)
			EXPECT_EQ(0, remote->after[i]);
	}
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
