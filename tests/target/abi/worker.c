/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

#include <l4/arch/stack.h>

#define WORKERS_MAX 40
#define STACK_SIZE 2048
#define BUFFERS_VADDR (CASE_VADDR - LARGE_PAGE)
#define REMOTE_VADDR 0x10000000UL /* in its own space: code, then the shared page */

_Static_assert(offsetof(struct worker, m) == 24 && offsetof(struct worker, result) == 88 && offsetof(struct worker, done) == 112 &&
		       offsetof(struct worker, thread) == 120 && offsetof(struct worker, suspend_tag) == 128 && offsetof(struct worker, after) == 136 && L4_SYS_CALL == -1, "remote.S has these numbers");

extern const char remote_code[], remote_code_end[];

static struct worker workers[WORKERS_MAX];
static char stacks[WORKERS_MAX][STACK_SIZE] __attribute__((aligned(16)));

void workers_forget(void)
{
	memset(workers, 0, sizeof(workers));
}

static struct worker *free_worker(void)
{
	for (unsigned int i = 0; i < WORKERS_MAX; i++) {
		if (!workers[i].thread) {
			workers[i] = (struct worker){.index = i};
			return &workers[i];
		}
	}
	l4_test_fail(__FILE__, __LINE__, "too many workers");
}

static struct worker *bare_worker(struct worker *worker, l4_word_t priority, l4_cap_t vspace)
{
	worker->thread = new_object(L4_TYPE_THREAD);
	worker->suspend_tag = l4_tag(L4_OP_THREAD_SUSPEND, 0);
	worker->time = new_time(100000, 100000);
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_CNODE, L4_SLOT_CNODE));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_VSPACE, vspace));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_DOMAIN, fixture.domain));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, worker->time));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_REPLY, new_object(L4_TYPE_REPLY)));
	EXPECT_OK(l4_thread_set_priority(worker->thread, fixture.domain, priority));
	return worker;
}

struct worker *new_worker_of(l4_word_t priority)
{
	return bare_worker(free_worker(), priority, L4_SLOT_VSPACE);
}

struct worker *new_worker(void)
{
	return new_worker_of(WORKER_PRIORITY);
}

void worker_buffer(struct worker *worker)
{
	l4_word_t vaddr = BUFFERS_VADDR + worker->index * PAGE;
	l4_status_t status = l4_thread_map_buffer(worker->thread, vaddr);

	if (status == L4_MISSING_TABLE) {
		make_tables(L4_SLOT_VSPACE, vaddr);
		status = l4_thread_map_buffer(worker->thread, vaddr);
	}
	EXPECT_OK(status);
	worker->buffer = (volatile struct l4_ipc_buffer *)vaddr;
}

static void worker_main(struct worker *worker)
{
	for (;;) {
		worker->run(worker);
		worker->done++;
		l4_thread_suspend(worker->thread);
	}
}

void worker_run(struct worker *worker, void (*run)(struct worker *worker))
{
	worker->run = run;
	worker->done = 0;
	if (worker->started) {
		EXPECT_OK(l4_thread_resume(worker->thread));
		return;
	}
	worker->started = true;
	EXPECT_OK(l4_thread_start(worker->thread, (l4_word_t)worker_main, l4_arch_entry_sp((uintptr_t)(stacks[worker->index] + STACK_SIZE)), (l4_word_t)worker, 0));
}

static void make_syscall(struct worker *worker)
{
	struct l4_registers m = worker->m;

	worker->result = l4_ecall(worker->number, worker->cap, worker->tag, &m);
	worker->m = m;
}

void worker_syscall(struct worker *worker, int64_t number, l4_cap_t cap, l4_word_t tag)
{
	worker->number = number;
	worker->cap = cap;
	worker->tag = tag;
	worker_run(worker, make_syscall);
}

void worker_call(struct worker *worker, l4_cap_t cap, l4_word_t tag)
{
	worker_syscall(worker, L4_SYS_CALL, cap, tag);
}

void worker_send(struct worker *worker, l4_cap_t cap, l4_word_t tag)
{
	worker_syscall(worker, L4_SYS_SEND, cap, tag);
}

void worker_recv(struct worker *worker, l4_cap_t cap)
{
	worker_syscall(worker, L4_SYS_RECV, cap, 0);
}

void worker_reply_recv(struct worker *worker, l4_cap_t cap, l4_word_t tag)
{
	worker_syscall(worker, L4_SYS_REPLY_RECV, cap, tag);
}

void worker_make_passive(struct worker *worker)
{
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, 0));
}

struct worker *new_server(l4_cap_t endpoint)
{
	struct worker *server = new_worker();

	worker_recv(server, endpoint);
	EXPECT_STATE(L4_THREAD_RECEIVING, server);
	worker_make_passive(server);
	return server;
}

static void load(struct worker *worker)
{
	worker->value = *worker->address;
}

static void store(struct worker *worker)
{
	*worker->address = worker->value;
}

static void jump(struct worker *worker)
{
	((void (*)(void))worker->address)();
}

static void touch(struct worker *worker, l4_word_t address, void (*run)(struct worker *worker))
{
	worker->address = (volatile l4_word_t *)address;
	worker_run(worker, run);
}

void worker_load(struct worker *worker, l4_word_t address)
{
	touch(worker, address, load);
}

void worker_store(struct worker *worker, l4_word_t address)
{
	touch(worker, address, store);
}

void worker_jump(struct worker *worker, l4_word_t address)
{
	touch(worker, address, jump);
}

/* A worker without handler is suspended by a fault. */
bool can_read(l4_word_t vaddr)
{
	struct worker *worker = new_worker();

	worker_load(worker, vaddr);
	EXPECT_STATE(L4_THREAD_SUSPENDED, worker);
	bool result = worker->done == 1;
	delete_cap(worker->thread);
	*worker = (struct worker){0};
	return result;
}

l4_word_t state_of(l4_cap_t thread)
{
	l4_word_t state;

	EXPECT_OK(l4_thread_info(thread, &state, NULL, NULL));
	return state;
}

void receive_ready(void)
{
	EXPECT_OK(l4_thread_bind(L4_SLOT_THREAD, L4_BIND_REPLY, new_object(L4_TYPE_REPLY)));
}

struct l4_result look(l4_cap_t endpoint, struct l4_registers *m)
{
	return l4_recv_nonblocking(endpoint, m);
}

/* --- Threads of other spaces --- */

static struct {
	struct worker *shared; /* as the case sees it */
	l4_cap_t space;
} remotes[WORKERS_MAX];

struct worker *new_remote(l4_word_t priority)
{
	struct worker *own = free_worker();
	l4_word_t vaddr = CASE_VADDR + (16 + own->index) * LARGE_PAGE;
	l4_cap_t space = new_object(L4_TYPE_VSPACE), code = new_frame(), shared = new_frame();

	map_frame(L4_SLOT_VSPACE, code, vaddr, L4_READ | L4_WRITE);
	memcpy((void *)vaddr, remote_code, (size_t)(remote_code_end - remote_code));
	map_frame(L4_SLOT_VSPACE, copy_cap(shared, L4_READ | L4_WRITE), vaddr + PAGE, L4_READ | L4_WRITE);
	map_frame(space, copy_cap(code, L4_READ | L4_EXECUTE), REMOTE_VADDR, L4_READ | L4_EXECUTE);
	map_frame(space, shared, REMOTE_VADDR + PAGE, L4_READ | L4_WRITE);
	bare_worker(own, priority, space);
	remotes[own->index].shared = (struct worker *)(vaddr + PAGE);
	remotes[own->index].space = space;
	*remotes[own->index].shared = *own;
	return remotes[own->index].shared;
}

l4_cap_t remote_space(const struct worker *remote)
{
	return remotes[remote->index].space;
}

void remote_syscall(struct worker *remote, int64_t number, l4_cap_t cap, l4_word_t tag)
{
	remote->number = number;
	remote->cap = cap;
	remote->tag = tag;
	remote->done = 0;
	if (remote->started) {
		EXPECT_OK(l4_thread_resume(remote->thread));
		return;
	}
	remote->started = true;
	EXPECT_OK(l4_thread_start(remote->thread, REMOTE_VADDR, REMOTE_VADDR + PAGE, 0, 0));
}
