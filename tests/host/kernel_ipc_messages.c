/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps of messages: what the current thread sends, receives, answers and signals, in the model and then in the kernel. */
#include "kernel_ipc_steps.h"

#include <string.h>

static word_t random_length(void)
{
	return chance(70) ? pick(L4_MESSAGE_REGISTERS + 1) : pick(L4_MESSAGE_WORDS + 1);
}

/* A message in the registers and the buffer of a thread. */
static void write_message(int self, struct message_model *message)
{
	message->tag = l4_tag(random_word(), random_length());
	for (unsigned i = 0; i < L4_MESSAGE_WORDS; i++)
		message->words[i] = random_word();
	memcpy(thread_buffer(kernel_threads[self])->message, message->words, sizeof(message->words));
}

void system_call(int64_t number, word_t cap, const struct message_model *message)
{
	driver_fast = chance(50);
	enter_syscall(number, cap, message->tag, message->words);
}

void step_send(int self)
{
	int64_t numbers[] = {L4_SYS_SEND, L4_SYS_SEND_NONBLOCKING, L4_SYS_CALL, L4_SYS_CALL, L4_SYS_CALL};
	int64_t number = numbers[pick(5)];
	unsigned kind = chance(5) ? 2 : chance(75);
	int endpoint = pick(ENDPOINTS);
	struct message_model message = {0};
	write_message(self, &message);
	message.badge = kind == 1 ? ENDPOINT_BADGE(endpoint) : 0;
	struct message_model sent = message;
	unsigned bad = chance(4) ? 1 + pick(2) : 0;
	if (bad == 1)
		message.tag = (message.tag & ~L4_TAG_LENGTH_MASK) | (65 + pick(63));
	else if (bad == 2)
		message.tag |= 1UL << (9 + pick(L4_TAG_LABEL_SHIFT - 9));
	if (kind == 2)
		model_finish(self, L4_NO_RIGHT);
	else if (bad)
		model_finish(self, L4_INVALID_ARGUMENT);
	else if (number == L4_SYS_SEND_NONBLOCKING && !model.receivers[endpoint].count)
		model_finish(self, L4_WOULD_BLOCK);
	else
		model_send(self, endpoint, &sent, number == L4_SYS_CALL);
	system_call(number, ENDPOINT_SLOT(endpoint) + kind, &message);
}

static void receive(int self, unsigned from, unsigned kind, bool block)
{
	if (from < ENDPOINTS && kind == 1)
		model_finish(self, L4_NO_RIGHT);
	else if (from < ENDPOINTS)
		model_receive_endpoint(self, from, block);
	else
		model_receive_notification(self, from - ENDPOINTS, block);
}

void step_receive(int self)
{
	bool block = chance(80);
	unsigned from = chance(80) ? pick(ENDPOINTS) : ENDPOINTS + pick(NOTIFICATIONS), kind = chance(3) ? 1 : chance(50) ? 0 : 2;
	struct message_model none = {0};
	if (from >= ENDPOINTS)
		kind = 0;
	receive(self, from, kind, block);
	system_call(block ? L4_SYS_RECV : L4_SYS_RECV_NONBLOCKING, from < ENDPOINTS ? ENDPOINT_SLOT(from) + kind : NOTIFICATION_SLOT(from - ENDPOINTS), &none);
}

void step_reply_receive(int self)
{
	struct message_model message = {0};
	unsigned from = chance(90) ? pick(ENDPOINTS) : ENDPOINTS + pick(NOTIFICATIONS), kind = chance(3) ? 1 : 0;
	write_message(self, &message);
	if (from >= ENDPOINTS)
		kind = 0;
	if (model.threads[self].reply != NONE && model.replies[model.threads[self].reply].caller != NONE)
		model_answer(model.threads[self].reply, &message);
	receive(self, from, kind, true);
	system_call(L4_SYS_REPLY_RECV, from < ENDPOINTS ? ENDPOINT_SLOT(from) + kind : NOTIFICATION_SLOT(from - ENDPOINTS), &message);
}

void step_send_reply(int self)
{
	unsigned place = pick(REPLIES);
	int reply = model.reply_in[place];
	struct message_model message = {0};
	write_message(self, &message);
	if (reply == NONE) {
		model_finish(self, L4_INVALID_CAP);
	} else if (model.replies[reply].caller == NONE) {
		model_finish(self, L4_PEER_GONE);
	} else {
		model_answer(reply, &message);
		model_finish(self, L4_OK);
	}
	system_call(L4_SYS_SEND, REPLY_SLOT(place), &message);
}

void step_signal(int self)
{
	int notification = pick(NOTIFICATIONS);
	unsigned kind = pick(2);
	struct message_model none = {0};
	model_finish(self, L4_OK);
	model_signal(notification, kind ? NOTIFICATION_BADGE : 0);
	system_call(L4_SYS_SEND, NOTIFICATION_SLOT(notification) + kind, &none);
}

void step_fault(int self)
{
	struct message_model message = {.tag = l4_tag(L4_FAULT_PAGE, 1), .words = {random_word()}};
	int handler = model.threads[self].handler;
	if (handler != NONE)
		message.badge = ENDPOINT_BADGE(handler);
	model_fault(self, &message);
	enter_fault(L4_FAULT_PAGE, message.words[0]);
}
