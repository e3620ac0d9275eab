/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages between threads. Each of these either hands a message over or leaves a thread waiting; nothing here is longer
 * than one message's copy.
 */
#include <kernel/arch.h>
#include <kernel/fault_finish.h>
#include <kernel/ipc.h>
#include <kernel/print.h>
#include <kernel/sched.h>
#include <kernel/trace.h>
#include <kernel/vcpu.h>

#define TAG_RESERVED (((1UL << L4_TAG_LABEL_SHIFT) - 1) & ~(L4_TAG_LENGTH_MASK | L4_TAG_CAP | L4_TAG_MOVE))

bool ipc_tag_is_valid(word_t tag)
{
	return !(tag & TAG_RESERVED) && l4_tag_length(tag) <= L4_MESSAGE_WORDS;
}

/* A system call ends without a message. */
static void finish(struct thread *self, status_t status)
{
	word_t *words = arch_message(self);
	for (unsigned i = 0; i < L4_MESSAGE_REGISTERS; i++)
		words[i] = 0;
	arch_set_result(self, status, 0, 0);
	trace_result(self, status);
}

static bool is_hypercall(const struct thread *thread)
{
	return thread->fault == 1 + L4_FAULT_GUEST_HYPERCALL;
}

/* Where the words of a thread's message are: the kernel's, when it speaks in the thread's name, else the thread's own. */
static const word_t *message_words(struct thread *from)
{
	return from->fault && !is_hypercall(from) ? from->fault_words : arch_message(from);
}

static void copy_words(struct thread *from, struct thread *to, word_t length)
{
	const word_t *source = message_words(from);
	word_t *target = arch_message(to);
	for (unsigned i = 0; i < L4_MESSAGE_REGISTERS; i++)
		target[i] = i < length ? source[i] : 0;
	for (unsigned i = L4_MESSAGE_REGISTERS; i < length; i++)
		thread_buffer(to)->message[i] = thread_buffer(from)->message[i];
}

/* Hands the capability over that the sender's buffer names. False: the sender has none to give, or the receiver wants none; the message goes without. */
static bool hand_over(struct thread *from, struct thread *to, bool move, bool granted)
{
	struct slot *source = granted ? thread_lookup(from, thread_buffer(from)->send_slot) : NULL;
	word_t index = thread_buffer(to)->recv_slot;
	struct slot *target = index ? thread_lookup(to, index) : NULL;
	if (!source || !target || slot_is_empty(source) || !slot_is_empty(target))
		return false;
	if (move) {
		slot_move(source, target);
		return true;
	}
	if (!slot_may_copy(source) || !slot_can_derive(source))
		return false;
	slot_derive(source, target, L4_ALL_RIGHTS);
	return true;
}

#define PENDING_GRANTED 0x400UL /* in a pending tag: the sender's endpoint capability had the right to grant */

/* `to` finds the message of `from` as the result of its receive or call. */
static void deliver(struct thread *from, struct thread *to, word_t tag, word_t badge)
{
	bool granted = tag & PENDING_GRANTED;
	word_t visible = tag & ~(PENDING_GRANTED | L4_TAG_CAP | L4_TAG_MOVE);
	copy_words(from, to, l4_tag_length(tag));
	if (tag & L4_TAG_CAP && hand_over(from, to, tag & L4_TAG_MOVE, granted))
		visible |= L4_TAG_CAP;
	arch_set_result(to, L4_OK, visible, badge);
	trace_result(to, L4_OK);
}

void reply_return_time(struct reply *reply)
{
	struct thread *borrower = reply->borrower;
	if (!borrower)
		return;
	reply->borrower = NULL;
	borrower->borrowed = NULL;
	struct sched_context *time = sched_take_time(borrower);
	if (!time) {
		/* It has lent the time on, or lost it; it will not have it again. */
		thread_update_direct(borrower);
		return;
	}
	/* Home, or to a caller that had borrowed it itself; not to one whose own it was and is no more. */
	struct thread *caller = reply->caller, *owner = caller && caller->borrowed ? caller : time->home;
	if (owner && !owner->time)
		sched_give_time(time, owner);
}

/*
 * A call was delivered: the caller waits at the receiver's reply object, and lends its time if the receiver has none.
 * Neither is in a ready queue: each is the current thread or waited until now.
 */
static void begin_call(struct thread *caller, struct thread *callee, word_t tag)
{
	struct reply *reply = thread_reply(callee);
	reply->caller = caller;
	reply->granted = !caller->fault && (tag & PENDING_GRANTED);
	caller->waiting_on = reply;
	caller->state = L4_THREAD_WAITING_REPLY;
	bool lend = !thread_is_active(callee) && !callee->time && caller->time && thread_domain(caller) == thread_domain(callee);
	if (lend) {
		struct sched_context *time = caller->time;
		caller->time = NULL;
		callee->time = time;
		time->runner = callee;
		reply->borrower = callee;
		callee->borrowed = reply;
	}
	thread_update_direct(caller);
}

static void finish_send(struct thread *from)
{
	finish(from, L4_OK);
	sched_make_ready(from);
}

/* Hands the message of a sender (in no queue) to a receiver (in no queue). */
static void transfer(struct thread *from, struct thread *to, struct message message)
{
	deliver(from, to, message.tag, message.badge);
	if (from->state == L4_THREAD_CALLING)
		begin_call(from, to, message.tag);
	else
		finish_send(from);
	sched_make_ready_next(to);
}

/* The sender's message goes to the first receiver, or waits for one. */
static void send_or_wait(struct thread *from, struct endpoint *endpoint, struct message message, bool call)
{
	struct thread *receiver = endpoint->receivers.head;
	sched_block(from, call ? L4_THREAD_CALLING : L4_THREAD_SENDING);
	if (receiver) {
		queue_remove(receiver);
		transfer(from, receiver, message);
	} else {
		from->pending = message;
		queue_append(&endpoint->senders, from);
	}
}

static struct message make_message(const struct slot *target, word_t tag)
{
	word_t granted = slot_has_rights(target, L4_GRANT) ? PENDING_GRANTED : 0;
	return (struct message){tag | granted, target->badge};
}

void ipc_call(struct thread *caller, const struct slot *target, word_t tag)
{
	send_or_wait(caller, slot_object(target), make_message(target, tag), true);
}

void ipc_end_wait(struct thread *thread, status_t status)
{
	unsigned fault = thread->fault;
	thread->fault = 0;
	if (fault == 0) {
		finish(thread, status);
	} else if (fault == 1 + L4_FAULT_GUEST_HYPERCALL) {
		arch_vcpu_hypercall_done(thread, status, NULL);
	} else if (fault != 1 + L4_FAULT_TIMEOUT) {
		sched_block(thread, L4_THREAD_SUSPENDED);
		return;
	}
	sched_make_ready(thread);
}

/* The caller has its answer and its time, but does not compete yet. */
static struct thread *answer(struct thread *from, struct reply *reply, word_t tag)
{
	struct thread *caller = reply->caller;
	word_t granted = reply->granted ? PENDING_GRANTED : 0;
	reply_return_time(reply);
	reply_lose_caller(reply);
	if (caller->fault)
		fault_finish(caller, tag, arch_message(from));
	else
		deliver(from, caller, tag | granted, 0);
	return caller;
}

void ipc_reply(struct thread *from, struct reply *reply, word_t tag)
{
	sched_make_ready(answer(from, reply, tag));
}

void reply_destroy(struct reply *reply)
{
	struct thread *caller = reply->caller;
	reply_return_time(reply);
	reply_lose_caller(reply);
	if (caller)
		ipc_end_wait(caller, L4_PEER_GONE);
}

/* --- Receiving --- */

static void receive_bits(struct thread *self, struct notification *notification)
{
	word_t bits = notification->bits;
	notification->bits = 0;
	finish(self, L4_OK);
	arch_set_result(self, L4_OK, L4_TAG_NOTIFICATION, bits);
}

static void recv_endpoint(struct thread *self, struct endpoint *endpoint, bool block)
{
	struct reply *reply = thread_reply(self);
	if (!reply || reply->caller) {
		finish(self, L4_BAD_STATE);
		return;
	}
	/* What is still lent through either object is so by a call that was cancelled, or whose answer another object will carry. */
	reply_return_time(reply);
	if (self->borrowed)
		reply_return_time(self->borrowed);
	struct notification *bound = thread_notification(self);
	struct thread *sender = endpoint->senders.head;
	if (bound && bound->bits && thread_is_active(self)) {
		receive_bits(self, bound);
	} else if (sender) {
		queue_remove(sender);
		transfer(sender, self, sender->pending);
	} else if (!block) {
		finish(self, L4_WOULD_BLOCK);
	} else {
		queue_append(&endpoint->receivers, self);
		sched_block(self, L4_THREAD_RECEIVING);
	}
}

static void recv_notification(struct thread *self, struct notification *notification, bool block)
{
	if (notification->bits) {
		receive_bits(self, notification);
	} else if (!block) {
		finish(self, L4_WOULD_BLOCK);
	} else {
		queue_append(&notification->waiters, self);
		sched_block(self, L4_THREAD_WAITING_NOTIFICATION);
	}
}

void ipc_recv(struct thread *self, word_t index, bool block)
{
	const struct slot *source = thread_lookup(self, index);
	enum l4_type type = source ? slot_type(source) : L4_TYPE_NULL;
	if (type != L4_TYPE_ENDPOINT && type != L4_TYPE_NOTIFICATION)
		finish(self, L4_INVALID_CAP);
	else if (!slot_has_rights(source, L4_READ))
		finish(self, L4_NO_RIGHT);
	else if (type == L4_TYPE_ENDPOINT)
		recv_endpoint(self, slot_object(source), block);
	else
		recv_notification(self, slot_object(source), block);
}

void ipc_reply_recv(struct thread *self, word_t index, word_t tag)
{
	struct reply *reply = thread_reply(self);
	if (!ipc_tag_is_valid(tag)) {
		finish(self, L4_INVALID_ARGUMENT);
		return;
	}
	struct thread *caller = reply && reply->caller ? answer(self, reply, tag) : NULL;
	ipc_recv(self, index, true);
	if (caller)
		sched_make_ready_next(caller);
}

/* --- Sending --- */

static void send_endpoint(struct thread *self, const struct slot *target, word_t tag, bool block)
{
	struct endpoint *endpoint = slot_object(target);
	if (!endpoint->receivers.head && !block)
		finish(self, L4_WOULD_BLOCK);
	else
		send_or_wait(self, endpoint, make_message(target, tag), false);
}

static void send_reply(struct thread *self, struct reply *reply, word_t tag)
{
	if (!reply->caller) {
		finish(self, L4_PEER_GONE);
		return;
	}
	ipc_reply(self, reply, tag);
	finish(self, L4_OK);
}

void ipc_send(struct thread *self, word_t index, word_t tag, bool block)
{
	const struct slot *target = thread_lookup(self, index);
	if (!target || slot_is_empty(target)) {
		finish(self, L4_INVALID_CAP);
	} else if (!slot_has_rights(target, L4_WRITE)) {
		finish(self, L4_NO_RIGHT);
	} else if (!ipc_tag_is_valid(tag)) {
		finish(self, L4_INVALID_ARGUMENT);
	} else {
		switch (slot_type(target)) {
		case L4_TYPE_ENDPOINT:
			send_endpoint(self, target, tag, block);
			break;
		case L4_TYPE_REPLY:
			send_reply(self, slot_object(target), tag);
			break;
		case L4_TYPE_NOTIFICATION:
			finish(self, L4_OK);
			notification_signal_slot(target);
			break;
		case L4_TYPE_VIRQ:
			finish(self, L4_OK);
			virq_raise(slot_object(target));
			break;
		default:
			finish(self, L4_INVALID_CAP);
		}
	}
}

bool endpoint_drain(struct endpoint *endpoint)
{
	struct thread *thread = endpoint->senders.head ? endpoint->senders.head : endpoint->receivers.head;
	if (!thread)
		return true;
	queue_remove(thread);
	ipc_end_wait(thread, L4_PEER_GONE);
	return !endpoint->senders.head && !endpoint->receivers.head;
}
