/* SPDX-License-Identifier: BSD-2-Clause */
/* Sched_contexts and timers. */
#include "worker.h"

#include <l4/abi/fault.h>
#include <l4/startup.h>
#include <l4/time.h>

static void spin(struct worker *worker)
{
	for (;;)
		worker->value++;
}

static l4_status_t configure(l4_word_t budget, l4_word_t period)
{
	return l4_sched_context_configure(new_object(L4_TYPE_SCHED_CONTEXT), fixture.domain, budget, period);
}

TEST(SC0001, "configure: budgets and periods in range")
{
	l4_word_t least = l4_startup()->min_budget;

	EXPECT_TRUE(least >= l4_ticks_of_microseconds(10));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(0, least));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(least - 1, 100 * least));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(2 * least + 1, 2 * least));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(2 * least, ~0UL));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, configure(~0UL, ~0UL));
	EXPECT_OK(configure(least, least));
	EXPECT_OK(configure(least, 100 * least));
}

TEST(SC0002, "info tells consumed, remaining and next")
{
	l4_word_t consumed, remaining, next;
	l4_word_t budget = 20 * l4_startup()->min_budget;
	l4_cap_t time = new_time(budget, 5 * budget), raw = new_object(L4_TYPE_SCHED_CONTEXT);

	EXPECT_OK(l4_sched_context_info(time, &consumed, &remaining, &next));
	EXPECT_EQ(0, consumed);
	EXPECT_EQ(budget, remaining);
	EXPECT_TRUE(next <= l4_now());
	EXPECT_OK(l4_sched_context_info(raw, &consumed, &remaining, &next));
	EXPECT_EQ(0, consumed);
	EXPECT_EQ(0, remaining);
}

static l4_word_t consumed_of(l4_cap_t time)
{
	l4_word_t consumed;

	EXPECT_OK(l4_sched_context_info(time, &consumed, NULL, NULL));
	return consumed;
}

/* Runs a worker above this thread, so that only its budget stops it, for some periods. Whether what it consumed is what it may. */
static bool keeps_budget(l4_word_t budget, l4_word_t period)
{
	struct worker *worker = new_worker();
	l4_word_t start = l4_now();

	EXPECT_OK(l4_sched_context_configure(worker->time, fixture.domain, budget, period));
	worker_run(worker, spin);
	while (l4_now() < start + 6 * period)
		;
	l4_word_t consumed = consumed_of(worker->time), periods = (l4_now() - start) / period + 1;
	EXPECT_OK(l4_thread_suspend(worker->thread));
	return consumed >= 3 * budget && consumed <= (periods + 1) * budget;
}

TEST(SC0003, "a thread gets its budget in each period and no more")
{
	l4_word_t budget = l4_ticks_per_second() / 500;
	bool kept = false;

	/* The host can stop this machine at any time, which counts as consumed by whoever runs. */
	for (int tries = 0; tries < 20 && !kept; tries++)
		kept = keeps_budget(budget, 8 * budget);
	EXPECT_TRUE(kept);
}

TEST(SC0004, "a full budget is the whole processor")
{
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);
	l4_word_t budget = 10 * l4_startup()->min_budget;

	EXPECT_OK(l4_sched_context_configure(worker->time, fixture.domain, budget, budget));
	worker_run(worker, spin);
	EXPECT_EVENTUALLY(consumed_of(worker->time) > 10 * budget);
	EXPECT_STATE(L4_THREAD_READY, worker);
}

TEST(SC0005, "out of budget is a timeout fault to the timeout handler; a reply waits for the next period")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker = new_worker();
	struct l4_registers m;
	struct l4_result result;
	l4_word_t budget = l4_ticks_per_second() / 2000;

	receive_ready();
	EXPECT_OK(l4_sched_context_configure(worker->time, fixture.domain, budget, 100 * budget));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_TIMEOUT_HANDLER, mint_cap(endpoint, L4_WRITE, 31)));
	worker_run(worker, spin);
	result = look(endpoint, &m);
	EXPECT_OK(result.status);
	EXPECT_EQ(31, result.badge);
	EXPECT_EQ(l4_tag(L4_FAULT_TIMEOUT, L4_TIMEOUT_LENGTH), result.tag);
	EXPECT_TRUE(m.word[L4_TIMEOUT_CONSUMED] >= budget);
	EXPECT_TRUE(m.word[L4_TIMEOUT_PC] != 0);
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, worker);
	l4_word_t value = worker->value;
	/* The answer, then the next timeout. The host can stop this machine for a whole budget. */
	for (int i = 0; i < 20 && worker->value == value; i++)
		EXPECT_OK(l4_reply_recv(endpoint, 0, &m).status);
	EXPECT_TRUE(worker->value > value);
	EXPECT_OK(l4_thread_suspend(worker->thread));
}

TEST(SC0006, "a timeout handler that refills the budget keeps the thread running")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker = new_worker();
	struct l4_registers m;
	l4_word_t budget = l4_ticks_per_second() / 10000, second = l4_ticks_per_second();

	receive_ready();
	EXPECT_OK(l4_sched_context_configure(worker->time, fixture.domain, budget, 100 * second));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_TIMEOUT_HANDLER, endpoint));
	worker_run(worker, spin);
	EXPECT_OK(look(endpoint, &m).status);
	l4_word_t value = worker->value;
	for (int i = 0; i < 50 && worker->value == value; i++) {
		EXPECT_OK(l4_sched_context_configure(worker->time, fixture.domain, budget, 100 * second));
		EXPECT_OK(l4_reply_recv(endpoint, 0, &m).status);
	}
	EXPECT_TRUE(worker->value > value);
	EXPECT_OK(l4_thread_suspend(worker->thread));
}

TEST(SC0007, "deleting the handler, or the thread, during a timeout")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *a = new_worker(), *b = new_worker();
	l4_word_t budget = l4_ticks_per_second() / 10000;

	for (int i = 0; i < 2; i++) {
		struct worker *worker = i ? b : a;

		EXPECT_OK(l4_sched_context_configure(worker->time, fixture.domain, budget, budget * 100000));
		EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_TIMEOUT_HANDLER, endpoint));
		worker_run(worker, spin);
		EXPECT_STATE(L4_THREAD_CALLING, worker);
	}
	delete_cap(a->thread);
	delete_cap(endpoint);
	EXPECT_STATE(L4_THREAD_OUT_OF_BUDGET, b);
	delete_cap(b->time);
	EXPECT_STATE(L4_THREAD_READY, b);
}

TEST(SC0008, "a passive server on a spent budget waits with its caller's time")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *server = new_server(endpoint), *client = new_worker();

	worker_call(client, endpoint, 0);
	EXPECT_STATE(L4_THREAD_SUSPENDED, server);
	EXPECT_OK(l4_sched_context_configure(client->time, fixture.domain, l4_ticks_per_second() / 1000, l4_ticks_per_second() * 1000));
	worker_run(server, spin);
	EXPECT_STATE(L4_THREAD_OUT_OF_BUDGET, server);
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, client);
	delete_cap(server->thread);
	EXPECT_STATE(L4_THREAD_OUT_OF_BUDGET, client); /* PEER_GONE, once it has time */
	EXPECT_OK(l4_sched_context_configure(client->time, fixture.domain, l4_startup()->min_budget, l4_startup()->min_budget));
	EXPECT_DONE(L4_PEER_GONE, client);
}

TEST(SC0009, "binding a sched_context while a server runs on lent time is BUSY")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *server = new_server(endpoint), *client = new_worker();

	worker_call(client, endpoint, 0);
	EXPECT_STATUS(L4_BUSY, l4_thread_bind(server->thread, L4_BIND_SCHED_CONTEXT, server->time));
	worker_reply_recv(server, endpoint, 0);
	EXPECT_OK(l4_thread_bind(server->thread, L4_BIND_SCHED_CONTEXT, server->time));
}

TEST(SC0010, "an active server runs on its own time; nothing is lent")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *server = new_worker(), *client = new_worker();
	l4_word_t before;

	worker_recv(server, endpoint);
	worker_call(client, endpoint, 0);
	EXPECT_STATE(L4_THREAD_WAITING_REPLY, client);
	before = consumed_of(client->time);
	for (int i = 0; i < 3; i++) {
		worker_reply_recv(server, endpoint, 0);
		EXPECT_STATE(L4_THREAD_RECEIVING, server);
		EXPECT_DONE(L4_OK, client);
		worker_call(client, endpoint, 0);
	}
	EXPECT_TRUE(consumed_of(server->time) > 0 && before > 0);
}

/* --- Timers --- */

TEST(TM0001, "a timer signals its notification, with the badge, not before its time")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), timer = new_object(L4_TYPE_TIMER);
	l4_word_t deadline = l4_now() + l4_ticks_of_microseconds(3000);
	struct l4_registers m;

	EXPECT_OK(l4_timer_bind(timer, mint_cap(notification, L4_WRITE, 0x40)));
	EXPECT_OK(l4_timer_arm(timer, deadline));
	struct l4_result result = l4_recv_nonblocking(notification, &m);
	EXPECT_EQ(0x40, result.status == L4_WOULD_BLOCK ? l4_wait(notification) : result.badge);
	EXPECT_TRUE(l4_now() >= deadline);
	EXPECT_STATUS(L4_WOULD_BLOCK, l4_recv_nonblocking(notification, &m).status);
}

TEST(TM0002, "a deadline in the past fires at once")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), timer = new_object(L4_TYPE_TIMER);
	struct l4_registers m;

	EXPECT_STATUS(L4_BAD_STATE, l4_timer_arm(timer, 0));
	EXPECT_OK(l4_timer_bind(timer, notification));
	EXPECT_OK(l4_timer_arm(timer, 0));
	EXPECT_EQ(1, l4_recv_nonblocking(notification, &m).badge);
	EXPECT_OK(l4_timer_arm(timer, l4_now()));
	EXPECT_EQ(1, l4_recv_nonblocking(notification, &m).badge);
}

TEST(TM0003, "cancel, bind and revocation disarm")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), timer = new_object(L4_TYPE_TIMER), copy = copy_cap(notification, L4_WRITE);
	l4_word_t far = l4_now() + 1000 * l4_ticks_per_second(), armed;

	EXPECT_OK(l4_timer_cancel(timer, &armed));
	EXPECT_EQ(0, armed);
	EXPECT_OK(l4_timer_bind(timer, copy));
	EXPECT_OK(l4_timer_arm(timer, far));
	EXPECT_OK(l4_timer_cancel(timer, &armed));
	EXPECT_EQ(1, armed);
	EXPECT_OK(l4_timer_arm(timer, far));
	EXPECT_OK(l4_timer_bind(timer, copy));
	EXPECT_OK(l4_timer_cancel(timer, &armed));
	EXPECT_EQ(0, armed);
	EXPECT_OK(l4_timer_arm(timer, ~0UL));
	delete_cap(copy);
	EXPECT_OK(l4_timer_cancel(timer, &armed));
	EXPECT_EQ(0, armed);
	EXPECT_STATUS(L4_BAD_STATE, l4_timer_arm(timer, far));
	EXPECT_OK(l4_timer_bind(timer, notification));
	EXPECT_OK(l4_timer_bind(timer, 0));
	EXPECT_STATUS(L4_BAD_STATE, l4_timer_arm(timer, far));
	EXPECT_STATUS(L4_TOO_DEEP, l4_timer_bind(timer, deepest_copy(notification)));
}

TEST(TM0004, "200 timers armed, moved and cancelled in a wild order fire in the order of their deadlines")
{
	l4_cap_t first = new_slots(200), notification = new_object(L4_TYPE_NOTIFICATION);
	l4_word_t base = l4_now() + l4_ticks_of_microseconds(20000), step = l4_ticks_of_microseconds(50), random = 12345, seen = 0, last = 0;

	for (l4_word_t i = 0; i < 200; i += 50)
		EXPECT_OK(l4_untyped_retype(fixture.object_memory, L4_TYPE_TIMER, 0, L4_SLOT_CNODE, first + i, 50));
	for (l4_word_t i = 0; i < 200; i++) {
		EXPECT_OK(l4_timer_bind(first + i, mint_cap(notification, L4_WRITE, 1UL << i % 50)));
		EXPECT_OK(l4_timer_arm(first + i, ~0UL - i));
	}
	for (l4_word_t i = 0; i < 2000; i++) {
		random = random * 6364136223846793005 + 1442695040888963407;
		EXPECT_OK(l4_timer_arm(first + (random >> 33) % 200, base * 2 + (random >> 40) % 1000));
	}
	/* Of 50 of them the deadlines follow their numbers; the others are cancelled or deleted. */
	for (l4_word_t i = 50; i < 200; i++) {
		if (i % 2)
			EXPECT_OK(l4_timer_cancel(first + i, NULL));
		else
			delete_cap(first + i);
	}
	/* All are armed before the first is due, however busy the host is. */
	base = l4_now() + l4_ticks_of_microseconds(200000);
	for (l4_word_t i = 0; i < 50; i++)
		EXPECT_OK(l4_timer_arm(first + (i * 17) % 50, base + (i * 17) % 50 * step));
	while (seen != (1UL << 50) - 1) {
		l4_word_t bits = l4_wait(notification);

		EXPECT_EQ(0, seen & bits);
		EXPECT_TRUE((bits & -bits) > last); /* none of these before one that came already */
		last = 1UL << (63 - __builtin_clzl(bits));
		seen |= bits;
	}
}

TEST(TM0005, "an armed timer destroyed with its memory never fires")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 12), timer = new_slots(8), notification = new_object(L4_TYPE_NOTIFICATION);
	l4_word_t first = l4_now() + l4_ticks_per_second() / 2; /* the host may be busy */
	struct l4_registers m;

	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_TIMER, 0, L4_SLOT_CNODE, timer, 8));
	for (l4_word_t i = 0; i < 8; i++) {
		EXPECT_OK(l4_timer_bind(timer + i, notification));
		EXPECT_OK(l4_timer_arm(timer + i, first + i * 1000));
	}
	revoke_cap(untyped);
	while (l4_now() < first + 10000)
		sleep_microseconds(1000);
	EXPECT_STATUS(L4_WOULD_BLOCK, l4_recv_nonblocking(notification, &m).status);
}

TEST(TM0006, "a timer's notification wakes a thread of higher priority at once, and one that receives with it bound")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION);
	struct worker *worker = new_worker();

	worker_recv(worker, notification);
	alarm_in(notification, 1000);
	while (!worker->done) /* no system call: the interrupt alone does it */
		;
	EXPECT_DONE(L4_OK, worker);
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_NOTIFICATION, notification));
	worker_recv(worker, new_object(L4_TYPE_ENDPOINT));
	alarm_in(notification, 1000);
	while (!worker->done)
		;
	EXPECT_DONE(L4_OK, worker);
}
