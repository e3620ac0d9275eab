/* SPDX-License-Identifier: BSD-2-Clause */
/* Random steps of the model and the kernel, by the current thread, `self`. Each compares nothing (compare(), kernel_ipc_world.h). */
#pragma once

#include "kernel_ipc_world.h"

/* With the words that registers carry; the others must be in the buffer. By chance the fast path is tried first. */
void system_call(int64_t number, word_t cap, const struct message_model *message);

/* --- Messages: by any thread but root --- */

void step_send(int self);
void step_receive(int self);
void step_reply_receive(int self);
void step_send_reply(int self);
void step_signal(int self);
void step_fault(int self);

/* --- Control: by any thread or by root (ROOT) --- */

/* Suspends, resumes or starts a thread. */
void step_life(int self);
/* Binds something, or sets a priority. */
void step_control(int self);

/* --- By root alone --- */

void bind_handler(void);
/* Nobody can run: the suspended go on, and who has neither time nor a wait gets time. */
void revive(void);
/* Some of the servers that wait become passive. */
void make_servers_passive(void);

/* --- Deaths, by root alone. A new object takes the place of the one that dies --- */

void kill_endpoint(void);
void kill_notification(void);
/* Wherever it is: in a slot, or a thread's own. */
void kill_reply(void);
void kill_time(void);
/* With all that it waits for, holds and has borrowed. */
void kill_thread(void);
