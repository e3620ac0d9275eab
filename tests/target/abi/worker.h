/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that do one thing at a time for the case. Workers of the own program have a priority above the case's: one that was told to do something has done it, or waits in
 * the kernel, when the case runs on. So nothing here depends on time.
 */
#pragma once

#include "fixture.h"

#define WORKER_PRIORITY (MAIN_PRIORITY + 1)

struct worker {
	/* The thread of another space (arch/ISA/remote.S) finds these at fixed places, up to `after`. */
	int64_t number;
	l4_cap_t cap;
	l4_word_t tag;
	struct l4_registers m;
	struct l4_result result;
	volatile l4_word_t done; /* how many things were finished */
	l4_cap_t thread;
	l4_word_t suspend_tag;
	l4_word_t after[32]; /* all registers behind the system call; of remote threads alone */

	l4_cap_t time;
	volatile struct l4_ipc_buffer *buffer; /* null until worker_buffer */
	void (*run)(struct worker *worker);
	volatile l4_word_t *address;
	volatile l4_word_t value;
	bool started;
	unsigned int index;
};

/* A new case begins: those of the last one are gone. */
void workers_forget(void);

/* A thread with cnode, space, domain, time of its own and a reply object. */
struct worker *new_worker(void);
struct worker *new_worker_of(l4_word_t priority);

/* Maps its IPC buffer. */
void worker_buffer(struct worker *worker);

/* Lets it do `run`, then suspend itself. */
void worker_run(struct worker *worker, void (*run)(struct worker *worker));

/* Lets it make a system call with the words in worker->m. */
void worker_syscall(struct worker *worker, int64_t number, l4_cap_t cap, l4_word_t tag);
void worker_call(struct worker *worker, l4_cap_t cap, l4_word_t tag);
void worker_send(struct worker *worker, l4_cap_t cap, l4_word_t tag);
void worker_recv(struct worker *worker, l4_cap_t cap);
void worker_reply_recv(struct worker *worker, l4_cap_t cap, l4_word_t tag);

/* Takes the time away that it owns: it runs on its callers' from now on. */
void worker_make_passive(struct worker *worker);

/* A passive server that waits at `endpoint`. */
struct worker *new_server(l4_cap_t endpoint);

/* Touches memory. */
void worker_load(struct worker *worker, l4_word_t address);
void worker_store(struct worker *worker, l4_word_t address);
void worker_jump(struct worker *worker, l4_word_t address);

l4_word_t state_of(l4_cap_t thread);

#define EXPECT_STATE(STATE, WORKER) EXPECT_EQ(STATE, state_of((WORKER)->thread))

/* The worker has finished with this status. */
#define EXPECT_DONE(STATUS, WORKER) \
	do { \
		EXPECT_STATE(L4_THREAD_SUSPENDED, WORKER); \
		EXPECT_EQ(1, (WORKER)->done); \
		EXPECT_STATUS(STATUS, (WORKER)->result.status); \
	} while (0)

/* A reply object for the thread that runs the cases. */
void receive_ready(void);

/* What the thread that runs the cases finds at an endpoint; it never waits. */
struct l4_result look(l4_cap_t endpoint, struct l4_registers *m);

/* A thread in a space of its own that makes one system call at a time, from a page that it shares with the case. */
struct worker *new_remote(l4_word_t priority);
void remote_syscall(struct worker *remote, int64_t number, l4_cap_t cap, l4_word_t tag);
l4_cap_t remote_space(const struct worker *remote);
