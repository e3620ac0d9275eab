/* SPDX-License-Identifier: BSD-2-Clause */
/* The objects that the model's numbers stand for, and the comparison of both. */
#pragma once

#include <kernel_driver.h>

#include "kernel_ipc_model.h"

#define ENDPOINT_SLOT(e) (FIRST_SLOT + 10 + 3 * (e)) /* all rights; then to send, with a badge; then to receive */
#define NOTIFICATION_SLOT(n) (FIRST_SLOT + 30 + 2 * (n)) /* all rights; then with a badge */
#define REPLY_SLOT(i) (FIRST_SLOT + 50 + (i))
#define REPLY_UNTYPED(r) (FIRST_SLOT + 60 + (r)) /* each reply object has its own, by which it can be revoked */
#define ROOT_NOTIFICATION (FIRST_SLOT + 90)
#define ROOT_LINE (FIRST_SLOT + 91)
#define THREAD_SLOT(t) (FIRST_SLOT + 100 + 2 * (t))
#define ENDPOINT_BADGE(e) (5 + (word_t)(e))
#define NOTIFICATION_BADGE 6

extern struct thread *kernel_threads[THREADS];
extern struct reply *kernel_replies[REPLIES];

/* NONE: neither one of ours nor root. */
int number_of(const struct thread *thread);
int reply_number(const struct reply *reply);

/* These make an object in the kernel and in the model, in empty slots. Root must be current. */
void make_endpoint(int endpoint);
void make_notification(int notification);
void make_reply(int reply, unsigned place);
/* With all of the time of its own sched_context. */
void new_thread(int thread);
/* All of them, with root's interrupt; most threads have a reply object bound. The model is reset. */
void make_world(void);

/* The whole model with the kernel; the current thread's result once. */
void compare(void);
