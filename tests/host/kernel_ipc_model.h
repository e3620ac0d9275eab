/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reference model of messages: threads, endpoints, notifications, reply objects and the time that is lent. Of the scheduler the model knows only
 * that nobody who can run is more important than who runs (kernel_sched.c knows more). It calls nothing of the kernel. Objects are numbers.
 */
#pragma once

#include <kernel/types.h>

#define THREADS 6
#define ENDPOINTS 2
#define NOTIFICATIONS 2
#define REPLIES 8
#define NONE (-1)
#define ROOT THREADS /* as an actor */

struct message_model {
	word_t tag, badge;
	word_t words[L4_MESSAGE_WORDS];
};

struct queue_model {
	int thread[THREADS];
	int count;
};

struct thread_model {
	enum l4_thread state;
	unsigned priority;
	bool active;    /* has its sched_context bound */
	int time;       /* whose sched_context it runs on */
	int borrowed;   /* reply */
	int waiting_on; /* reply */
	int reply;      /* bound */
	int notification;
	int handler;    /* endpoint */
	bool faulted;
	struct message_model sent; /* what it waits to hand over */
	bool has_result;
	status_t status;
	struct message_model got;
};

struct reply_model {
	int caller, borrower;
};

/* Steps look at it, and change it by the functions below alone but for what no other object depends on: priorities, handlers, results that are seen. */
extern struct ipc_model {
	struct thread_model threads[THREADS];
	struct queue_model senders[ENDPOINTS], receivers[ENDPOINTS], waiters[NOTIFICATIONS];
	word_t bits[NOTIFICATIONS];
	struct reply_model replies[REPLIES];
	int reply_in[REPLIES]; /* which reply is in each of root's slots for them */
} model;

/* What happened since the program began. */
extern struct ipc_counts {
	unsigned delivered, lent, cancelled, faults_answered;
} model_counts;

/* --- Objects --- */

/* No thread waits anywhere. The objects are to be made anew. */
void model_reset(void);
void model_new_thread(int thread, unsigned priority);
void model_new_reply(int reply, unsigned place);

/* --- What threads do --- */

/* The result of what a thread did. Root's is not noted. */
void model_finish(int thread, status_t status);
void model_send(int from, int endpoint, const struct message_model *message, bool is_call);
/* A call to its handler; without one it stops. */
void model_fault(int thread, const struct message_model *message);
void model_answer(int reply, const struct message_model *message);
void model_receive_endpoint(int self, int endpoint, bool block);
void model_receive_notification(int self, int notification, bool block);
void model_signal(int notification, word_t badge);

/* --- Control. A status is what the operation gives --- */

void model_stop(int thread);
void model_start(int thread);
status_t model_resume(int thread);
/* What it has bound and what is in the slot change places. */
status_t model_bind_reply(int thread, unsigned place);
/* `notification` may be NONE. */
status_t model_bind_notification(int thread, int notification);
/* Its sched_context is bound, or no more; it has not borrowed another's. */
void model_make_active(int thread);
void model_make_passive(int thread);

/* --- Deaths --- */

/* Who waits there is told. */
void model_end_endpoint(int endpoint);
void model_end_notification(int notification);
/* Wherever it is: in a slot, or a thread's own. */
void model_end_reply(int reply);
/* Of the thread's sched_context: whoever runs on it has no time any more. */
void model_end_time(int thread);
/* With all that it waits for, holds and has borrowed, but for its sched_context. */
void model_end_thread(int thread);
