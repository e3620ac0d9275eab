/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/thread.h>

/* Invariant: at most one of the queues has threads in it. */
struct endpoint {
	struct thread_queue senders;   /* SENDING and CALLING, and faulted threads */
	struct thread_queue receivers;
};

/*
 * Invariant: `caller` waits exactly here (caller->waiting_on). `borrower` runs on the time that this caller lent (borrower->borrowed). `granted`: the
 * caller's way to the endpoint grants, so the answer may hand a capability over, too. Not so for a call that the kernel makes in a thread's name, nor without a caller.
 */
struct reply {
	struct thread *caller;
	struct thread *borrower;
	bool granted;
};

static inline void reply_lose_caller(struct reply *reply)
{
	reply->caller = NULL;
	reply->granted = false;
}

struct notification {
	word_t bits;
	struct thread_queue waiters;
	struct thread *bound;
};

_Static_assert(sizeof(struct endpoint) <= 64 && sizeof(struct reply) <= 64 && sizeof(struct notification) <= 64, "sizes of IPC objects");
#define IPC_OBJECT_BITS 6

/* Whether a user may send a message with this tag. */
bool ipc_tag_is_valid(word_t tag);

/* The system calls. `self` is the current thread; its message words and results are in its context. */
void ipc_send(struct thread *self, word_t index, word_t tag, bool block);
void ipc_recv(struct thread *self, word_t index, bool block);
void ipc_reply_recv(struct thread *self, word_t index, word_t tag);

/* Calls the endpoint in `target` in the name of `caller`, whose message words are in its context. */
void ipc_call(struct thread *caller, const struct slot *target, word_t tag);

/* Answers the caller of `reply` with the message in `from`'s context. */
void ipc_reply(struct thread *from, struct reply *reply, word_t tag);

/*
 * Ends the wait of a thread that is in no queue any more: a system call or hypercall gets `status`, a faulted thread (but for timeouts) is suspended,
 * as if it had no handler.
 */
void ipc_end_wait(struct thread *thread, status_t status);

/* One piece of emptying the queues of an object that is being destroyed; true when they are empty. */
bool endpoint_drain(struct endpoint *endpoint);
bool notification_drain(struct notification *notification);
/* Ends the call that waits here, with PEER_GONE. */
void reply_destroy(struct reply *reply);
/* Gives the time that a thread has borrowed back to its caller. */
void reply_return_time(struct reply *reply);

void notification_signal(struct notification *notification, word_t bits);
/* Signals the notification in a slot that may be empty, with that capability's badge. */
void notification_signal_slot(const struct slot *slot);
