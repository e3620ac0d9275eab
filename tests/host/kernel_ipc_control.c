/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps of control: operations on threads, by any of them or by root, in the model and then in the kernel. */
#include "kernel_ipc_steps.h"

static void operate(int self, status_t expected, word_t cap, word_t label, word_t word0, word_t word1, word_t word2, word_t word3)
{
	struct message_model message = {.tag = l4_tag(label, 4), .words = {word0, word1, word2, word3}};
	if (self != ROOT && model.threads[self].state == L4_THREAD_READY)
		model_finish(self, expected);
	driver_fast = false;
	enter_syscall(L4_SYS_CALL, cap, message.tag, message.words);
	if (self == ROOT)
		EXPECT_EQ(expected, result_status(root));
}

void step_life(int self)
{
	int other = pick(THREADS);
	unsigned what = pick(3);
	if (what == 0) {
		if (other == self)
			model_finish(self, L4_OK);
		model_stop(other);
		operate(self, L4_OK, THREAD_SLOT(other), L4_OP_THREAD_SUSPEND, 0, 0, 0, 0);
	} else if (what == 1) {
		operate(self, model_resume(other), THREAD_SLOT(other), L4_OP_THREAD_RESUME, 0, 0, 0, 0);
	} else if (other != self) {
		model_start(other);
		operate(self, L4_OK, THREAD_SLOT(other), L4_OP_THREAD_START, 0x10000, 0, 0, 0);
	}
}

static void step_bind_reply(int self)
{
	int other = chance(50) && self != ROOT ? self : (int)pick(THREADS);
	unsigned place = pick(REPLIES);
	operate(self, model_bind_reply(other, place), THREAD_SLOT(other), L4_OP_THREAD_BIND, L4_BIND_REPLY, REPLY_SLOT(place), 0, 0);
}

static void step_bind_notification(int self)
{
	int other = pick(THREADS), notification = pick(NOTIFICATIONS);
	bool off = chance(50);
	status_t expected = model_bind_notification(other, off ? NONE : notification);
	operate(self, expected, THREAD_SLOT(other), L4_OP_THREAD_BIND, L4_BIND_NOTIFICATION, off ? 0 : NOTIFICATION_SLOT(notification), 0, 0);
}

/* A server becomes passive while it waits, or active again. */
static void step_bind_time(int self)
{
	int other = pick(THREADS);
	const struct thread_model *thread = &model.threads[other];
	if (other == self)
		return;
	if (thread->borrowed != NONE) {
		operate(self, L4_BUSY, THREAD_SLOT(other), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, 0, 0, 0);
	} else if (thread->active && thread->time == other) {
		model_make_passive(other);
		operate(self, L4_OK, THREAD_SLOT(other), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, 0, 0, 0);
	} else if (!thread->active) {
		model_make_active(other);
		operate(self, L4_OK, THREAD_SLOT(other), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, THREAD_SLOT(other) + 1, 0, 0);
	}
}

static void step_priority(int self)
{
	int other = pick(THREADS);
	model.threads[other].priority = 10 + pick(4);
	operate(self, L4_OK, THREAD_SLOT(other), L4_OP_THREAD_SET_PRIORITY, L4_BOOT_DOMAIN, model.threads[other].priority, 0, 0);
}

void bind_handler(void)
{
	int thread = pick(THREADS), endpoint = pick(ENDPOINTS);
	model.threads[thread].handler = endpoint;
	EXPECT_EQ(L4_OK, call(THREAD_SLOT(thread), L4_OP_THREAD_BIND, L4_BIND_HANDLER, ENDPOINT_SLOT(endpoint) + 1));
}

void step_control(int self)
{
	switch (pick(5)) {
	case 0:
		step_life(self);
		break;
	case 1:
		step_bind_notification(self);
		break;
	case 2:
		step_bind_time(self);
		break;
	case 3:
		step_priority(self);
		break;
	default:
		step_bind_reply(self);
	}
}

void revive(void)
{
	for (int t = 0; t < THREADS; t++) {
		const struct thread_model *thread = &model.threads[t];
		if (thread->state == L4_THREAD_SUSPENDED && chance(80))
			operate(ROOT, model_resume(t), THREAD_SLOT(t), L4_OP_THREAD_RESUME, 0, 0, 0, 0);
		if (thread->state == L4_THREAD_READY && !thread->active && thread->time == NONE && thread->borrowed == NONE) {
			model_make_active(t);
			operate(ROOT, L4_OK, THREAD_SLOT(t), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, THREAD_SLOT(t) + 1, 0, 0);
		}
		if (thread->reply == NONE && thread->state != L4_THREAD_RECEIVING) {
			unsigned place = pick(REPLIES);
			operate(ROOT, model_bind_reply(t, place), THREAD_SLOT(t), L4_OP_THREAD_BIND, L4_BIND_REPLY, REPLY_SLOT(place), 0, 0);
		}
	}
}

void make_servers_passive(void)
{
	for (int t = 0; t < THREADS; t++) {
		const struct thread_model *thread = &model.threads[t];
		if (thread->state == L4_THREAD_RECEIVING && thread->active && thread->time == t && thread->borrowed == NONE && chance(50)) {
			model_make_passive(t);
			operate(ROOT, L4_OK, THREAD_SLOT(t), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, 0, 0, 0);
		}
	}
}
