/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages against a model: threads, endpoints, notifications, reply objects and the time that is lent. Of the scheduler the model knows only that nobody
 * who can run is more important than who runs (kernel_sched.c knows more). Each step is done by whoever is current; half of them try the fast path first.
 */
#include <kernel_driver.h>
#include <kernel/ipc.h>

#include <stdio.h>
#include <string.h>

#define THREADS 6
#define ENDPOINTS 2
#define NOTIFICATIONS 2
#define REPLIES 8
#define NONE (-1)
#define ROOT THREADS /* as an actor */

#define ENDPOINT_SLOT(e) (FIRST_SLOT + 10 + 3 * (e)) /* all rights; then to send, with a badge; then to receive */
#define NOTIFICATION_SLOT(n) (FIRST_SLOT + 30 + 2 * (n)) /* all rights; then with a badge */
#define REPLY_SLOT(i) (FIRST_SLOT + 50 + (i))
#define REPLY_UNTYPED(r) (FIRST_SLOT + 60 + (r)) /* each reply object has its own, by which it can be revoked */
#define ROOT_NOTIFICATION (FIRST_SLOT + 90)
#define ROOT_LINE (FIRST_SLOT + 91)
#define THREAD_SLOT(t) (FIRST_SLOT + 100 + 2 * (t))
#define ENDPOINT_BADGE(e) (5 + (word_t)(e))
#define NOTIFICATION_BADGE 6

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
	int queue;      /* endpoint, or ENDPOINTS + notification */
	bool faulted;
	struct message_model sent; /* what it waits to hand over */
	bool has_result;
	status_t status;
	struct message_model got;
};

static struct thread_model threads[THREADS];
static struct queue_model senders[ENDPOINTS], receivers[ENDPOINTS], waiters[NOTIFICATIONS];
static struct {
	int caller, borrower;
} replies[REPLIES];
static int reply_in[REPLIES]; /* which reply is in REPLY_SLOT(i) */
static word_t bits[NOTIFICATIONS];
static struct thread *kernel_threads[THREADS];
static struct reply *kernel_replies[REPLIES];
static unsigned delivered, lent, cancelled, faults_handled, fast_total;

/* --- Queues --- */

static void push(struct queue_model *queue, int thread, int number)
{
	queue->thread[queue->count++] = thread;
	threads[thread].queue = number;
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
		take_out(&senders[e], thread);
		take_out(&receivers[e], thread);
	}
	for (int n = 0; n < NOTIFICATIONS; n++)
		take_out(&waiters[n], thread);
	threads[thread].queue = NONE;
}

/* --- What threads find --- */

static void finish(int thread, status_t status)
{
	if (thread == ROOT)
		return;
	threads[thread].has_result = true;
	threads[thread].status = status;
	memset(&threads[thread].got, 0, sizeof(threads[thread].got));
}

static void deliver(const struct message_model *message, int to)
{
	struct thread_model *thread = &threads[to];
	finish(to, L4_OK);
	thread->got = *message;
	for (word_t i = l4_tag_length(message->tag); i < L4_MESSAGE_WORDS; i++)
		thread->got.words[i] = 0;
	delivered++;
}

static void give_bits(int thread, int notification)
{
	finish(thread, L4_OK);
	threads[thread].got.tag = L4_TAG_NOTIFICATION;
	threads[thread].got.badge = bits[notification];
	bits[notification] = 0;
	threads[thread].state = L4_THREAD_READY;
}

/* --- Time --- */

static void return_time(int reply)
{
	int borrower = replies[reply].borrower, caller = replies[reply].caller;
	if (borrower == NONE)
		return;
	replies[reply].borrower = NONE;
	threads[borrower].borrowed = NONE;
	int time = threads[borrower].time;
	threads[borrower].time = NONE;
	if (time == NONE)
		return;
	/* Home, or to a caller who had borrowed it. */
	int home = threads[time].active ? time : NONE, owner = caller != NONE && threads[caller].borrowed != NONE ? caller : home;
	if (owner != NONE && threads[owner].time == NONE)
		threads[owner].time = time;
}

/* --- Calls and replies --- */

static void transfer(int from, int to, const struct message_model *message, bool is_call)
{
	deliver(message, to);
	threads[to].state = L4_THREAD_READY;
	if (!is_call) {
		finish(from, L4_OK);
		threads[from].state = L4_THREAD_READY;
		return;
	}
	int reply = threads[to].reply;
	threads[from].state = L4_THREAD_WAITING_REPLY;
	threads[from].waiting_on = reply;
	replies[reply].caller = from;
	if (!threads[to].active && threads[to].time == NONE && threads[from].time != NONE) {
		threads[to].time = threads[from].time;
		threads[from].time = NONE;
		replies[reply].borrower = to;
		threads[to].borrowed = reply;
		lent++;
	}
}

static void send(int from, int endpoint, const struct message_model *message, bool is_call)
{
	if (receivers[endpoint].count) {
		int to = receivers[endpoint].thread[0];
		leave_queues(to);
		transfer(from, to, message, is_call);
		return;
	}
	threads[from].state = is_call ? L4_THREAD_CALLING : L4_THREAD_SENDING;
	threads[from].sent = *message;
	push(&senders[endpoint], from, endpoint);
}

/* The end of a wait without a message. */
static void end_wait(int thread, status_t status)
{
	threads[thread].waiting_on = NONE;
	if (threads[thread].faulted) {
		threads[thread].faulted = false;
		threads[thread].state = L4_THREAD_SUSPENDED;
		return;
	}
	finish(thread, status);
	threads[thread].state = L4_THREAD_READY;
}

static void answer(int reply, const struct message_model *message)
{
	int caller = replies[reply].caller;
	return_time(reply);
	replies[reply].caller = NONE;
	threads[caller].waiting_on = NONE;
	threads[caller].state = L4_THREAD_READY;
	if (threads[caller].faulted) {
		threads[caller].faulted = false;
		faults_handled++;
		return;
	}
	deliver(message, caller);
	threads[caller].got.badge = 0;
}

static void receive_endpoint(int self, int endpoint, bool block)
{
	struct thread_model *thread = &threads[self];
	if (thread->reply == NONE || replies[thread->reply].caller != NONE) {
		finish(self, L4_BAD_STATE);
		return;
	}
	return_time(thread->reply);
	if (thread->borrowed != NONE)
		return_time(thread->borrowed);
	if (thread->notification != NONE && bits[thread->notification] && thread->active) {
		give_bits(self, thread->notification);
	} else if (senders[endpoint].count) {
		int from = senders[endpoint].thread[0];
		leave_queues(from);
		transfer(from, self, &threads[from].sent, threads[from].state == L4_THREAD_CALLING);
	} else if (!block) {
		finish(self, L4_WOULD_BLOCK);
	} else {
		thread->state = L4_THREAD_RECEIVING;
		push(&receivers[endpoint], self, endpoint);
	}
}

static void receive_notification(int self, int notification, bool block)
{
	if (bits[notification]) {
		give_bits(self, notification);
	} else if (!block) {
		finish(self, L4_WOULD_BLOCK);
	} else {
		threads[self].state = L4_THREAD_WAITING_NOTIFICATION;
		push(&waiters[notification], self, ENDPOINTS + notification);
	}
}

/* Bits that wait for a thread reach it once it listens: it receives, has them bound, and has time of its own. */
static void hear(int t)
{
	int notification = threads[t].notification;
	if (notification == NONE || !bits[notification] || threads[t].state != L4_THREAD_RECEIVING || !threads[t].active)
		return;
	leave_queues(t);
	give_bits(t, notification);
}

static void signal(int notification, word_t badge)
{
	bits[notification] |= badge ? badge : 1;
	if (waiters[notification].count) {
		int to = waiters[notification].thread[0];
		leave_queues(to);
		give_bits(to, notification);
	}
	for (int t = 0; t < THREADS; t++) {
		if (threads[t].notification == notification)
			hear(t);
	}
}

static void stop(int thread)
{
	enum l4_thread state = threads[thread].state;
	leave_queues(thread);
	if (state == L4_THREAD_WAITING_REPLY)
		replies[threads[thread].waiting_on].caller = NONE;
	if (state != L4_THREAD_READY && state != L4_THREAD_SUSPENDED) {
		cancelled++;
		end_wait(thread, L4_CANCELLED);
	}
	threads[thread].state = L4_THREAD_SUSPENDED;
}

/* --- Comparison --- */

static int number_of(const struct thread *thread)
{
	for (int t = 0; t < THREADS; t++) {
		if (kernel_threads[t] == thread)
			return t;
	}
	return thread == root ? ROOT : NONE;
}

static int reply_number(const struct reply *reply)
{
	for (int r = 0; r < REPLIES; r++) {
		if (kernel_replies[r] == reply)
			return r;
	}
	return NONE;
}

static void compare_queue(const struct queue_model *model, const struct thread_queue *queue)
{
	const struct thread *thread = queue->head;
	for (int i = 0; i < model->count; i++, thread = thread->queue_next) {
		EXPECT_TRUE(thread && thread->queue == queue);
		EXPECT_EQ(model->thread[i], number_of(thread));
		if (i == model->count - 1)
			EXPECT_TRUE(queue->tail == thread);
	}
	if (!model->count)
		EXPECT_TRUE(!queue->head);
}

static void compare_thread(int t)
{
	const struct thread_model *model = &threads[t];
	struct thread *thread = kernel_threads[t];
	EXPECT_EQ(model->state, thread->state);
	EXPECT_EQ(model->time == NONE, thread->time == NULL);
	if (thread->time)
		EXPECT_TRUE(thread->time == slot_object(root_slot(THREAD_SLOT(model->time) + 1)));
	EXPECT_EQ(model->borrowed, thread->borrowed ? reply_number(thread->borrowed) : NONE);
	if (model->state == L4_THREAD_WAITING_REPLY)
		EXPECT_EQ(model->waiting_on, reply_number(thread->waiting_on));
	EXPECT_EQ(model->reply, thread_reply(thread) ? reply_number(thread_reply(thread)) : NONE);
	EXPECT_EQ(model->faulted, thread->fault != 0);
}

/* The current thread is in user mode: it sees its result. */
static void check_result(int t)
{
	struct thread_model *model = &threads[t];
	struct thread *thread = kernel_threads[t];
	if (!model->has_result)
		return;
	model->has_result = false;
	EXPECT_EQ(model->status, result_status(thread));
	EXPECT_EQ(model->got.tag, thread->context.registers[REG_A1]);
	EXPECT_EQ(model->got.badge, thread->context.registers[REG_A2]);
	for (unsigned i = 0; i < L4_MESSAGE_REGISTERS; i++)
		EXPECT_EQ(model->got.words[i], result(thread, i));
	for (unsigned i = L4_MESSAGE_REGISTERS; i < l4_tag_length(model->got.tag); i++)
		EXPECT_EQ(model->got.words[i], thread_buffer(thread)->message[i]);
}

static bool can_run(int t)
{
	return threads[t].state == L4_THREAD_READY && threads[t].time != NONE;
}

static void compare(void)
{
	for (int e = 0; e < ENDPOINTS; e++) {
		const struct endpoint *endpoint = slot_object(root_slot(ENDPOINT_SLOT(e)));
		compare_queue(&senders[e], &endpoint->senders);
		compare_queue(&receivers[e], &endpoint->receivers);
	}
	for (int n = 0; n < NOTIFICATIONS; n++) {
		const struct notification *notification = slot_object(root_slot(NOTIFICATION_SLOT(n)));
		compare_queue(&waiters[n], &notification->waiters);
		EXPECT_EQ(bits[n], notification->bits);
	}
	for (int r = 0; r < REPLIES; r++) {
		const struct thread *caller = kernel_replies[r]->caller, *borrower = kernel_replies[r]->borrower;
		EXPECT_EQ(replies[r].caller, caller ? number_of(caller) : NONE);
		EXPECT_EQ(replies[r].borrower, borrower ? number_of(borrower) : NONE);
	}
	for (int t = 0; t < THREADS; t++)
		compare_thread(t);
	int current = cpu_self()->current ? number_of(cpu_self()->current) : NONE;
	if (current == ROOT)
		return;
	for (int t = 0; t < THREADS; t++)
		EXPECT_TRUE(!can_run(t) || (current != NONE && threads[t].priority <= threads[current].priority));
	EXPECT_TRUE(current == NONE || can_run(current));
	if (current != NONE)
		check_result(current);
}

/* --- Steps: messages --- */

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

static void system_call(int64_t number, word_t cap, const struct message_model *message)
{
	driver_fast = chance(50);
	enter_syscall(number, cap, message->tag, message->words);
}

static void step_send(int self)
{
	int64_t numbers[] = {L4_SYS_SEND, L4_SYS_SEND_NONBLOCKING, L4_SYS_CALL, L4_SYS_CALL, L4_SYS_CALL};
	int64_t number = numbers[pick(5)];
	unsigned kind = chance(5) ? 2 : pick(2);
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
		finish(self, L4_NO_RIGHT);
	else if (bad)
		finish(self, L4_INVALID_ARGUMENT);
	else if (number == L4_SYS_SEND_NONBLOCKING && !receivers[endpoint].count)
		finish(self, L4_WOULD_BLOCK);
	else
		send(self, endpoint, &sent, number == L4_SYS_CALL);
	system_call(number, ENDPOINT_SLOT(endpoint) + kind, &message);
}

static void model_receive(int self, unsigned from, unsigned kind, bool block)
{
	if (from < ENDPOINTS && kind == 1)
		finish(self, L4_NO_RIGHT);
	else if (from < ENDPOINTS)
		receive_endpoint(self, from, block);
	else
		receive_notification(self, from - ENDPOINTS, block);
}

static void step_receive(int self)
{
	bool block = chance(80);
	unsigned from = chance(80) ? pick(ENDPOINTS) : ENDPOINTS + pick(NOTIFICATIONS), kind = chance(3) ? 1 : chance(50) ? 0 : 2;
	struct message_model none = {0};
	if (from >= ENDPOINTS)
		kind = 0;
	model_receive(self, from, kind, block);
	system_call(block ? L4_SYS_RECV : L4_SYS_RECV_NONBLOCKING, from < ENDPOINTS ? ENDPOINT_SLOT(from) + kind : NOTIFICATION_SLOT(from - ENDPOINTS), &none);
}

static void step_reply_receive(int self)
{
	struct message_model message = {0};
	unsigned from = chance(90) ? pick(ENDPOINTS) : ENDPOINTS + pick(NOTIFICATIONS), kind = chance(3) ? 1 : 0;
	write_message(self, &message);
	if (from >= ENDPOINTS)
		kind = 0;
	if (threads[self].reply != NONE && replies[threads[self].reply].caller != NONE)
		answer(threads[self].reply, &message);
	model_receive(self, from, kind, true);
	system_call(L4_SYS_REPLY_RECV, from < ENDPOINTS ? ENDPOINT_SLOT(from) + kind : NOTIFICATION_SLOT(from - ENDPOINTS), &message);
}

static void step_send_reply(int self)
{
	unsigned place = pick(REPLIES);
	int reply = reply_in[place];
	struct message_model message = {0};
	write_message(self, &message);
	if (reply == NONE) {
		finish(self, L4_INVALID_CAP);
	} else if (replies[reply].caller == NONE) {
		finish(self, L4_PEER_GONE);
	} else {
		answer(reply, &message);
		finish(self, L4_OK);
	}
	system_call(L4_SYS_SEND, REPLY_SLOT(place), &message);
}

static void step_signal(int self)
{
	int notification = pick(NOTIFICATIONS);
	unsigned kind = pick(2);
	struct message_model none = {0};
	finish(self, L4_OK);
	signal(notification, kind ? NOTIFICATION_BADGE : 0);
	system_call(L4_SYS_SEND, NOTIFICATION_SLOT(notification) + kind, &none);
}

static void step_fault(int self)
{
	struct message_model message = {.tag = l4_tag(L4_FAULT_PAGE, 1), .words = {random_word()}};
	int handler = threads[self].handler;
	if (handler == NONE) {
		threads[self].state = L4_THREAD_SUSPENDED;
	} else {
		message.badge = ENDPOINT_BADGE(handler);
		threads[self].faulted = true;
		send(self, handler, &message, true);
	}
	enter_fault(L4_FAULT_PAGE, message.words[0]);
}

/* --- Steps: control, by any thread or by root --- */

static void operate(int self, status_t expected, word_t cap, word_t label, word_t word0, word_t word1, word_t word2, word_t word3)
{
	struct message_model message = {.tag = l4_tag(label, 4), .words = {word0, word1, word2, word3}};
	if (self != ROOT && threads[self].state == L4_THREAD_READY)
		finish(self, expected);
	driver_fast = false;
	enter_syscall(L4_SYS_CALL, cap, message.tag, message.words);
	if (self == ROOT)
		EXPECT_EQ(expected, result_status(root));
}

static void step_life(int self)
{
	int other = pick(THREADS);
	unsigned what = pick(3);
	if (what == 0) {
		if (other == self)
			finish(self, L4_OK);
		stop(other);
		operate(self, L4_OK, THREAD_SLOT(other), L4_OP_THREAD_SUSPEND, 0, 0, 0, 0);
	} else if (what == 1) {
		bool suspended = threads[other].state == L4_THREAD_SUSPENDED;
		if (suspended)
			threads[other].state = L4_THREAD_READY;
		operate(self, suspended ? L4_OK : L4_BAD_STATE, THREAD_SLOT(other), L4_OP_THREAD_RESUME, 0, 0, 0, 0);
	} else if (other != self) {
		stop(other);
		threads[other].state = L4_THREAD_READY;
		threads[other].has_result = false;
		operate(self, L4_OK, THREAD_SLOT(other), L4_OP_THREAD_START, 0x10000, 0, 0, 0);
	}
}

static void step_bind_reply(int self)
{
	int other = chance(50) && self != ROOT ? self : (int)pick(THREADS);
	unsigned place = pick(REPLIES);
	status_t expected = threads[other].state == L4_THREAD_RECEIVING ? L4_BUSY : L4_OK;
	if (expected == L4_OK) {
		int mine = threads[other].reply;
		threads[other].reply = reply_in[place];
		reply_in[place] = mine;
	}
	operate(self, expected, THREAD_SLOT(other), L4_OP_THREAD_BIND, L4_BIND_REPLY, REPLY_SLOT(place), 0, 0);
}

static void step_bind_notification(int self)
{
	int other = pick(THREADS), notification = pick(NOTIFICATIONS);
	bool off = chance(50), busy = false;
	for (int t = 0; t < THREADS; t++)
		busy |= threads[t].notification == notification;
	status_t expected = !off && busy ? L4_BUSY : L4_OK;
	if (expected == L4_OK)
		threads[other].notification = off ? NONE : notification;
	hear(other);
	operate(self, expected, THREAD_SLOT(other), L4_OP_THREAD_BIND, L4_BIND_NOTIFICATION, off ? 0 : NOTIFICATION_SLOT(notification), 0, 0);
}

/* A server becomes passive while it waits, or active again. */
static void step_bind_time(int self)
{
	int other = pick(THREADS);
	struct thread_model *thread = &threads[other];
	if (other == self)
		return;
	if (thread->borrowed != NONE) {
		operate(self, L4_BUSY, THREAD_SLOT(other), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, 0, 0, 0);
	} else if (thread->active && thread->time == other) {
		thread->active = false;
		thread->time = NONE;
		operate(self, L4_OK, THREAD_SLOT(other), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, 0, 0, 0);
	} else if (!thread->active) {
		thread->active = true;
		if (thread->time == NONE)
			thread->time = other;
		hear(other);
		operate(self, L4_OK, THREAD_SLOT(other), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, THREAD_SLOT(other) + 1, 0, 0);
	}
}

static void step_priority(int self)
{
	int other = pick(THREADS);
	threads[other].priority = 10 + pick(4);
	operate(self, L4_OK, THREAD_SLOT(other), L4_OP_THREAD_SET_PRIORITY, L4_BOOT_DOMAIN, threads[other].priority, 0, 0);
}

/* --- Objects that die while threads wait at them (root's work, as a thread's own call might be among them) --- */

static void make_endpoint(int endpoint)
{
	make_object(object_untyped, L4_TYPE_ENDPOINT, 0, ENDPOINT_SLOT(endpoint));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_MINT, ENDPOINT_SLOT(endpoint) + 1, L4_BOOT_CNODE, ENDPOINT_SLOT(endpoint), L4_WRITE, ENDPOINT_BADGE(endpoint)));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, ENDPOINT_SLOT(endpoint) + 2, L4_BOOT_CNODE, ENDPOINT_SLOT(endpoint), L4_READ));
}

static void make_notification(int notification)
{
	word_t slot = NOTIFICATION_SLOT(notification);
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, slot);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_MINT, slot + 1, L4_BOOT_CNODE, slot, L4_ALL_RIGHTS, NOTIFICATION_BADGE));
}

static void make_reply(int reply, unsigned place)
{
	make_object(REPLY_UNTYPED(reply), L4_TYPE_REPLY, 0, REPLY_SLOT(place));
	kernel_replies[reply] = slot_object(root_slot(REPLY_SLOT(place)));
	reply_in[place] = reply;
	replies[reply].caller = replies[reply].borrower = NONE;
}

static void new_thread(int t)
{
	threads[t] = (struct thread_model){.state = L4_THREAD_READY, .priority = 10 + pick(4), .active = true, .time = t, .borrowed = NONE,
					   .waiting_on = NONE, .reply = NONE, .notification = NONE, .handler = NONE, .queue = NONE};
	kernel_threads[t] = make_thread(THREAD_SLOT(t), threads[t].priority);
}

static void end_waits(struct queue_model *queue)
{
	while (queue->count) {
		int thread = queue->thread[0];
		leave_queues(thread);
		end_wait(thread, L4_PEER_GONE);
	}
}

static void kill_endpoint(void)
{
	int endpoint = pick(ENDPOINTS);
	end_waits(&senders[endpoint]);
	end_waits(&receivers[endpoint]);
	for (int t = 0; t < THREADS; t++) {
		if (threads[t].handler == endpoint)
			threads[t].handler = NONE;
	}
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, ENDPOINT_SLOT(endpoint)));
	make_endpoint(endpoint);
}

static void kill_notification(void)
{
	int notification = pick(NOTIFICATIONS);
	end_waits(&waiters[notification]);
	bits[notification] = 0;
	for (int t = 0; t < THREADS; t++) {
		if (threads[t].notification == notification)
			threads[t].notification = NONE;
	}
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, NOTIFICATION_SLOT(notification)));
	make_notification(notification);
}

static void end_reply(int reply)
{
	int caller = replies[reply].caller;
	return_time(reply);
	replies[reply].caller = NONE;
	if (caller != NONE)
		end_wait(caller, L4_PEER_GONE);
}

/* Wherever it is: in a slot, or a thread's own. */
static void kill_reply(void)
{
	int reply = pick(REPLIES);
	end_reply(reply);
	unsigned place = pick(REPLIES);
	while (reply_in[place] != NONE && reply_in[place] != reply)
		place = (place + 1) % REPLIES;
	for (int t = 0; t < THREADS; t++) {
		if (threads[t].reply != reply)
			continue;
		threads[t].reply = NONE;
		if (threads[t].state == L4_THREAD_RECEIVING) {
			leave_queues(t);
			end_wait(t, L4_CANCELLED);
		}
	}
	for (int i = 0; i < REPLIES; i++) {
		if (reply_in[i] == reply)
			reply_in[i] = NONE;
	}
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, REPLY_UNTYPED(reply)));
	make_reply(reply, place);
}

/* Whoever runs on a sched_context that dies has no time any more. */
static void end_time(int t)
{
	threads[t].active = false;
	for (int runner = 0; runner < THREADS; runner++) {
		if (threads[runner].time != t)
			continue;
		threads[runner].time = NONE;
		if (threads[runner].borrowed != NONE)
			replies[threads[runner].borrowed].borrower = NONE;
		threads[runner].borrowed = NONE;
	}
}

static void kill_time(void)
{
	int t = pick(THREADS);
	end_time(t);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, THREAD_SLOT(t) + 1));
	make_object(object_untyped, L4_TYPE_SCHED_CONTEXT, 0, THREAD_SLOT(t) + 1);
	EXPECT_EQ(L4_OK, call(THREAD_SLOT(t) + 1, L4_OP_SCHED_CONTEXT_CONFIGURE, L4_BOOT_DOMAIN, 1000, 1000));
}

/* With all that it waits for, holds and has borrowed. */
static void kill_thread(void)
{
	int t = pick(THREADS), reply = threads[t].reply;
	unsigned place = 0;
	while (reply != NONE && reply_in[place] != NONE)
		place = (place + 1) % REPLIES;
	stop(t);
	if (threads[t].borrowed != NONE)
		return_time(threads[t].borrowed);
	if (reply != NONE)
		end_reply(reply);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, THREAD_SLOT(t)));
	end_time(t);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, THREAD_SLOT(t) + 1));
	new_thread(t);
	if (reply != NONE)
		make_reply(reply, place);
}

static void bind_handler(void)
{
	int thread = pick(THREADS), endpoint = pick(ENDPOINTS);
	threads[thread].handler = endpoint;
	EXPECT_EQ(L4_OK, call(THREAD_SLOT(thread), L4_OP_THREAD_BIND, L4_BIND_HANDLER, ENDPOINT_SLOT(endpoint) + 1));
}

static void step_control(int self)
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

/* Nobody can run: the suspended go on, and who has neither time nor a wait gets time. */
static void revive(void)
{
	for (int t = 0; t < THREADS; t++) {
		struct thread_model *thread = &threads[t];
		if (thread->state == L4_THREAD_SUSPENDED && chance(80)) {
			thread->state = L4_THREAD_READY;
			operate(ROOT, L4_OK, THREAD_SLOT(t), L4_OP_THREAD_RESUME, 0, 0, 0, 0);
		}
		if (thread->state == L4_THREAD_READY && !thread->active && thread->time == NONE && thread->borrowed == NONE) {
			thread->active = true;
			thread->time = t;
			operate(ROOT, L4_OK, THREAD_SLOT(t), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, THREAD_SLOT(t) + 1, 0, 0);
		}
		if (thread->reply == NONE && thread->state != L4_THREAD_RECEIVING) {
			unsigned place = pick(REPLIES);
			thread->reply = reply_in[place];
			reply_in[place] = NONE;
			operate(ROOT, L4_OK, THREAD_SLOT(t), L4_OP_THREAD_BIND, L4_BIND_REPLY, REPLY_SLOT(place), 0, 0);
		}
	}
}

/* A waiting server becomes passive. */
static void make_passive(void)
{
	for (int t = 0; t < THREADS; t++) {
		struct thread_model *thread = &threads[t];
		if (thread->state == L4_THREAD_RECEIVING && thread->active && thread->time == t && thread->borrowed == NONE && chance(50)) {
			thread->active = false;
			thread->time = NONE;
			operate(ROOT, L4_OK, THREAD_SLOT(t), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, 0, 0, 0);
		}
	}
}

/* Root is woken by its interrupt, does something, and waits again. */
static void step_root(void)
{
	struct message_model none = {0};
	bool idle = !cpu_self()->current;
	EXPECT_TRUE(enter_line(1) && cpu_self()->current == root);
	EXPECT_EQ(L4_OK, call(ROOT_LINE, L4_OP_IRQ_HANDLER_ACK));
	if (idle)
		revive();
	make_passive();
	switch (pick(11)) {
	case 0:
		kill_endpoint();
		break;
	case 1:
		kill_notification();
		break;
	case 2:
		kill_reply();
		break;
	case 3:
		bind_handler();
		break;
	case 4:
		for (unsigned n = 0; n < 4; n++) {
			step_control(ROOT);
			compare();
		}
		break;
	case 5:
	case 6:
		step_life(ROOT);
		break;
	case 7:
		kill_thread();
		break;
	case 8:
		kill_time();
		break;
	default:
		break;
	}
	compare();
	system_call(L4_SYS_RECV, ROOT_NOTIFICATION, &none);
	EXPECT_TRUE(cpu_self()->current != root);
}

static void step(void)
{
	int self = cpu_self()->current ? number_of(cpu_self()->current) : NONE;
	unsigned what = pick(100), fast_before = fast_taken;
	if (self == NONE || what < 3)
		step_root();
	else if (what < 30)
		step_send(self);
	else if (what < 55)
		step_receive(self);
	else if (what < 75)
		step_reply_receive(self);
	else if (what < 79)
		step_send_reply(self);
	else if (what < 85)
		step_signal(self);
	else if (what < 89)
		step_fault(self);
	else if (what < 92)
		step_control(self);
	else
		enter_turn();
	fast_total += fast_taken - fast_before;
	compare();
}

/* --- Rounds --- */

#define SEEDS 120
#define STEPS 2000

static void set_up(void)
{
	memset(senders, 0, sizeof(senders));
	memset(receivers, 0, sizeof(receivers));
	memset(waiters, 0, sizeof(waiters));
	memset(bits, 0, sizeof(bits));
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, ROOT_NOTIFICATION);
	EXPECT_EQ(L4_OK, call(L4_BOOT_IRQ_CONTROL, L4_OP_IRQ_CONTROL_ISSUE, 1, L4_BOOT_CNODE, ROOT_LINE));
	EXPECT_EQ(L4_OK, call(ROOT_LINE, L4_OP_IRQ_HANDLER_BIND, ROOT_NOTIFICATION));
	for (int e = 0; e < ENDPOINTS; e++)
		make_endpoint(e);
	for (int n = 0; n < NOTIFICATIONS; n++)
		make_notification(n);
	for (int r = 0; r < REPLIES; r++) {
		make_object(object_untyped, L4_TYPE_UNTYPED, IPC_OBJECT_BITS, REPLY_UNTYPED(r));
		make_reply(r, r);
	}
	for (int t = 0; t < THREADS; t++)
		new_thread(t);
	for (int t = 0; t < THREADS - 1; t++) {
		EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_BIND, L4_BIND_REPLY, REPLY_SLOT(t)));
		threads[t].reply = t;
		reply_in[t] = NONE;
	}
}

static void round_of_messages(void)
{
	struct message_model none = {0};
	driver_start();
	set_up();
	system_call(L4_SYS_RECV, ROOT_NOTIFICATION, &none);
	for (unsigned n = 0; n < STEPS; n++)
		step();
	EXPECT_TRUE(enter_line(1) && cpu_self()->current == root);
	driver_fast = false;
	driver_end();
}

TEST(KIPC0001, "random messages, faults, cancellations and deaths agree with a model, on the fast path and beside it")
{
	driver_rounds(SEEDS, round_of_messages);
	printf("delivered %u, lent %u, cancelled %u, faults answered %u, on the fast path %u\n", delivered, lent, cancelled, faults_handled, fast_total);
	EXPECT_TRUE(delivered && lent && cancelled && faults_handled && fast_total);
}

TEST(KIPC0002, "each reserved bit of a tag is refused, and so is each length beyond the buffer")
{
	EXPECT_TRUE(ipc_tag_is_valid(0));
	for (unsigned bit = 9; bit < L4_TAG_LABEL_SHIFT; bit++)
		EXPECT_TRUE(!ipc_tag_is_valid(1UL << bit));
	for (word_t length = 0; length <= L4_TAG_LENGTH_MASK; length++)
		EXPECT_EQ(length <= L4_MESSAGE_WORDS, ipc_tag_is_valid(length));
	for (unsigned bit = L4_TAG_LABEL_SHIFT; bit < 64; bit++)
		EXPECT_TRUE(ipc_tag_is_valid(1UL << bit | L4_TAG_CAP | L4_TAG_MOVE | 64));
}
