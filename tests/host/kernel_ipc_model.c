/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel_ipc_model.h"

#include <string.h>

struct ipc_model model;
struct ipc_counts model_counts;

/* --- Objects --- */

void model_reset(void)
{
	model = (struct ipc_model){0};
}

void model_new_thread(int thread, unsigned priority)
{
	model.threads[thread] = (struct thread_model){.state = L4_THREAD_READY, .priority = priority, .active = true, .time = thread, .borrowed = NONE,
						      .waiting_on = NONE, .reply = NONE, .notification = NONE, .handler = NONE};
}

void model_new_reply(int reply, unsigned place)
{
	model.reply_in[place] = reply;
	model.replies[reply] = (struct reply_model){.caller = NONE, .borrower = NONE};
}

/* --- Queues --- */

static void push(struct queue_model *queue, int thread)
{
	queue->thread[queue->count++] = thread;
}

static void take_out(struct queue_model *queue, int thread)
{
	int to = 0;
	for (int i = 0; i < queue->count; i++) {
		if (queue->thread[i] != thread)
			queue->thread[to++] = queue->thread[i];
	}
	queue->count = to;
}

static void leave_queues(int thread)
{
	for (int e = 0; e < ENDPOINTS; e++) {
		take_out(&model.senders[e], thread);
		take_out(&model.receivers[e], thread);
	}
	for (int n = 0; n < NOTIFICATIONS; n++)
		take_out(&model.waiters[n], thread);
}

/* --- What threads find --- */

void model_finish(int thread, status_t status)
{
	if (thread == ROOT)
		return;
	model.threads[thread].has_result = true;
	model.threads[thread].status = status;
	memset(&model.threads[thread].got, 0, sizeof(model.threads[thread].got));
}

static void deliver(const struct message_model *message, int to)
{
	struct thread_model *thread = &model.threads[to];
	model_finish(to, L4_OK);
	thread->got = *message;
	for (word_t i = l4_tag_length(message->tag); i < L4_MESSAGE_WORDS; i++)
		thread->got.words[i] = 0;
	model_counts.delivered++;
}

static void give_bits(int thread, int notification)
{
	model_finish(thread, L4_OK);
	model.threads[thread].got.tag = L4_TAG_NOTIFICATION;
	model.threads[thread].got.badge = model.bits[notification];
	model.bits[notification] = 0;
	model.threads[thread].state = L4_THREAD_READY;
}

/* --- Time --- */

static void return_time(int reply)
{
	int borrower = model.replies[reply].borrower, caller = model.replies[reply].caller;
	if (borrower == NONE)
		return;
	model.replies[reply].borrower = NONE;
	model.threads[borrower].borrowed = NONE;
	int time = model.threads[borrower].time;
	model.threads[borrower].time = NONE;
	if (time == NONE)
		return;
	/* Home, or to a caller who had borrowed it. */
	int home = model.threads[time].active ? time : NONE, owner = caller != NONE && model.threads[caller].borrowed != NONE ? caller : home;
	if (owner != NONE && model.threads[owner].time == NONE)
		model.threads[owner].time = time;
}

/* --- Calls and replies --- */

static void transfer(int from, int to, const struct message_model *message, bool is_call)
{
	deliver(message, to);
	model.threads[to].state = L4_THREAD_READY;
	if (!is_call) {
		model_finish(from, L4_OK);
		model.threads[from].state = L4_THREAD_READY;
		return;
	}
	int reply = model.threads[to].reply;
	model.threads[from].state = L4_THREAD_WAITING_REPLY;
	model.threads[from].waiting_on = reply;
	model.replies[reply].caller = from;
	if (!model.threads[to].active && model.threads[to].time == NONE && model.threads[from].time != NONE) {
		model.threads[to].time = model.threads[from].time;
		model.threads[from].time = NONE;
		model.replies[reply].borrower = to;
		model.threads[to].borrowed = reply;
		model_counts.lent++;
	}
}

void model_send(int from, int endpoint, const struct message_model *message, bool is_call)
{
	if (model.receivers[endpoint].count) {
		int to = model.receivers[endpoint].thread[0];
		leave_queues(to);
		transfer(from, to, message, is_call);
		return;
	}
	model.threads[from].state = is_call ? L4_THREAD_CALLING : L4_THREAD_SENDING;
	model.threads[from].sent = *message;
	push(&model.senders[endpoint], from);
}

void model_fault(int thread, const struct message_model *message)
{
	if (model.threads[thread].handler == NONE) {
		model.threads[thread].state = L4_THREAD_SUSPENDED;
		return;
	}
	model.threads[thread].faulted = true;
	model_send(thread, model.threads[thread].handler, message, true);
}

/* The end of a wait without a message. */
static void end_wait(int thread, status_t status)
{
	model.threads[thread].waiting_on = NONE;
	if (model.threads[thread].faulted) {
		model.threads[thread].faulted = false;
		model.threads[thread].state = L4_THREAD_SUSPENDED;
		return;
	}
	model_finish(thread, status);
	model.threads[thread].state = L4_THREAD_READY;
}

void model_answer(int reply, const struct message_model *message)
{
	int caller = model.replies[reply].caller;
	return_time(reply);
	model.replies[reply].caller = NONE;
	model.threads[caller].waiting_on = NONE;
	model.threads[caller].state = L4_THREAD_READY;
	if (model.threads[caller].faulted) {
		model.threads[caller].faulted = false;
		model_counts.faults_answered++;
		return;
	}
	deliver(message, caller);
	model.threads[caller].got.badge = 0;
}

void model_receive_endpoint(int self, int endpoint, bool block)
{
	struct thread_model *thread = &model.threads[self];
	if (thread->reply == NONE || model.replies[thread->reply].caller != NONE) {
		model_finish(self, L4_BAD_STATE);
		return;
	}
	return_time(thread->reply);
	if (thread->borrowed != NONE)
		return_time(thread->borrowed);
	if (thread->notification != NONE && model.bits[thread->notification] && thread->active) {
		give_bits(self, thread->notification);
	} else if (model.senders[endpoint].count) {
		int from = model.senders[endpoint].thread[0];
		leave_queues(from);
		transfer(from, self, &model.threads[from].sent, model.threads[from].state == L4_THREAD_CALLING);
	} else if (!block) {
		model_finish(self, L4_WOULD_BLOCK);
	} else {
		thread->state = L4_THREAD_RECEIVING;
		push(&model.receivers[endpoint], self);
	}
}

void model_receive_notification(int self, int notification, bool block)
{
	if (model.bits[notification]) {
		give_bits(self, notification);
	} else if (!block) {
		model_finish(self, L4_WOULD_BLOCK);
	} else {
		model.threads[self].state = L4_THREAD_WAITING_NOTIFICATION;
		push(&model.waiters[notification], self);
	}
}

/* Bits that wait for a thread reach it once it listens: it receives, has them bound, and has time of its own. */
static void hear(int t)
{
	int notification = model.threads[t].notification;
	if (notification == NONE || !model.bits[notification] || model.threads[t].state != L4_THREAD_RECEIVING || !model.threads[t].active)
		return;
	leave_queues(t);
	give_bits(t, notification);
}

void model_signal(int notification, word_t badge)
{
	model.bits[notification] |= badge ? badge : 1;
	if (model.waiters[notification].count) {
		int to = model.waiters[notification].thread[0];
		leave_queues(to);
		give_bits(to, notification);
	}
	for (int t = 0; t < THREADS; t++) {
		if (model.threads[t].notification == notification)
			hear(t);
	}
}

/* --- Control --- */

void model_stop(int thread)
{
	enum l4_thread state = model.threads[thread].state;
	leave_queues(thread);
	if (state == L4_THREAD_WAITING_REPLY)
		model.replies[model.threads[thread].waiting_on].caller = NONE;
	if (state != L4_THREAD_READY && state != L4_THREAD_SUSPENDED) {
		model_counts.cancelled++;
		end_wait(thread, L4_CANCELLED);
	}
	model.threads[thread].state = L4_THREAD_SUSPENDED;
}

void model_start(int thread)
{
	model_stop(thread);
	model.threads[thread].state = L4_THREAD_READY;
	model.threads[thread].has_result = false;
}

status_t model_resume(int thread)
{
	if (model.threads[thread].state != L4_THREAD_SUSPENDED)
		return L4_BAD_STATE;
	model.threads[thread].state = L4_THREAD_READY;
	return L4_OK;
}

status_t model_bind_reply(int thread, unsigned place)
{
	if (model.threads[thread].state == L4_THREAD_RECEIVING)
		return L4_BUSY;
	int mine = model.threads[thread].reply;
	model.threads[thread].reply = model.reply_in[place];
	model.reply_in[place] = mine;
	return L4_OK;
}

status_t model_bind_notification(int thread, int notification)
{
	for (int t = 0; notification != NONE && t < THREADS; t++) {
		if (model.threads[t].notification == notification)
			return L4_BUSY;
	}
	model.threads[thread].notification = notification;
	hear(thread);
	return L4_OK;
}

void model_make_active(int thread)
{
	model.threads[thread].active = true;
	if (model.threads[thread].time == NONE)
		model.threads[thread].time = thread;
	hear(thread);
}

void model_make_passive(int thread)
{
	model.threads[thread].active = false;
	model.threads[thread].time = NONE;
}

/* --- Deaths --- */

static void end_waits(struct queue_model *queue)
{
	while (queue->count) {
		int thread = queue->thread[0];
		leave_queues(thread);
		end_wait(thread, L4_PEER_GONE);
	}
}

void model_end_endpoint(int endpoint)
{
	end_waits(&model.senders[endpoint]);
	end_waits(&model.receivers[endpoint]);
	for (int t = 0; t < THREADS; t++) {
		if (model.threads[t].handler == endpoint)
			model.threads[t].handler = NONE;
	}
}

void model_end_notification(int notification)
{
	end_waits(&model.waiters[notification]);
	model.bits[notification] = 0;
	for (int t = 0; t < THREADS; t++) {
		if (model.threads[t].notification == notification)
			model.threads[t].notification = NONE;
	}
}

static void end_call(int reply)
{
	int caller = model.replies[reply].caller;
	return_time(reply);
	model.replies[reply].caller = NONE;
	if (caller != NONE)
		end_wait(caller, L4_PEER_GONE);
}

void model_end_reply(int reply)
{
	end_call(reply);
	for (int t = 0; t < THREADS; t++) {
		if (model.threads[t].reply != reply)
			continue;
		model.threads[t].reply = NONE;
		if (model.threads[t].state == L4_THREAD_RECEIVING) {
			leave_queues(t);
			end_wait(t, L4_CANCELLED);
		}
	}
	for (int i = 0; i < REPLIES; i++) {
		if (model.reply_in[i] == reply)
			model.reply_in[i] = NONE;
	}
}

void model_end_time(int thread)
{
	model.threads[thread].active = false;
	for (int runner = 0; runner < THREADS; runner++) {
		if (model.threads[runner].time != thread)
			continue;
		model.threads[runner].time = NONE;
		if (model.threads[runner].borrowed != NONE)
			model.replies[model.threads[runner].borrowed].borrower = NONE;
		model.threads[runner].borrowed = NONE;
	}
}

void model_end_thread(int thread)
{
	model_stop(thread);
	if (model.threads[thread].borrowed != NONE)
		return_time(model.threads[thread].borrowed);
	if (model.threads[thread].reply != NONE)
		end_call(model.threads[thread].reply);
}
