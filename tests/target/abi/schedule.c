/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domains and schedule tables. The case runs in the boot domain, which every table here gives a window. How long a window lasts cannot be told while the host may stop the
 * machine at any time (tests/system/test_schedule.py counts instructions); who runs and who does not can.
 */
#include "tables.h"
#include "worker.h"

#include <l4/startup.h>
#include <l4/time.h>

static void spin(struct worker *worker)
{
	for (;;)
		worker->value++;
}

static struct worker *new_worker_in(l4_cap_t domain, l4_word_t priority)
{
	struct worker *worker = new_worker_of(priority);

	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, 0));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_DOMAIN, domain));
	EXPECT_OK(l4_sched_context_configure(worker->time, domain, 100000, 100000));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, worker->time));
	return worker;
}

static void expect_runs(struct worker *worker)
{
	l4_word_t before = worker->value;

	EXPECT_EVENTUALLY(worker->value > before);
}

/* For some frames. */
static void expect_rests(struct worker *worker)
{
	l4_word_t before = worker->value;

	sleep_microseconds(20 * WINDOW_MICROSECONDS);
	EXPECT_EQ(before, worker->value);
}

TEST(DM0001, "without a table the boot domain's threads run, and no others")
{
	struct worker *worker = new_worker_in(new_object(L4_TYPE_DOMAIN), 255);

	worker_run(worker, spin);
	expect_rests(worker);
	EXPECT_STATE(L4_THREAD_READY, worker);
	l4_word_t window, start, ended, missed, latest, since;
	EXPECT_OK(l4_schedule_control_info(fixture.schedule_control, &window, &start, &ended, &missed, &latest, &since));
	EXPECT_EQ(0, window | start | ended | missed | latest | since);
}

TEST(DM0002, "threads run in their domain's windows, whatever the priorities, and in a window of nobody's none")
{
	l4_cap_t domain[3];
	struct worker *worker[3];
	l4_cap_t schedule = new_schedule(0, 0);

	for (int i = 0; i < 3; i++) {
		domain[i] = new_object(L4_TYPE_DOMAIN);
		worker[i] = new_worker_in(domain[i], i == 0 ? 255 : 1);
		worker_run(worker[i], spin);
	}
	set_window(schedule, 0, domain[0]);
	set_window(schedule, 1, fixture.domain);
	set_window(schedule, 2, 0);
	set_window(schedule, 3, domain[1]);
	follow(schedule);
	for (int times = 0; times < 3; times++) {
		expect_runs(worker[0]);
		expect_runs(worker[1]);
	}
	expect_rests(worker[2]);
}

static l4_word_t followed_since(void)
{
	l4_word_t since = 0;

	EXPECT_OK(l4_schedule_control_info(fixture.schedule_control, NULL, NULL, NULL, NULL, NULL, &since));
	return since;
}

TEST(DM0018, "since when a table is followed is when its first frame began, and to ask for the same one again is no beginning")
{
	l4_word_t before = l4_now();
	l4_cap_t first = shared_with(0), second = shared_with(0);

	follow(first);
	l4_word_t begun = followed_since();
	EXPECT_TRUE(begun >= before && begun <= l4_now());
	sleep_microseconds(20 * WINDOW_MICROSECONDS);
	EXPECT_EQ(begun, followed_since());
	EXPECT_OK(l4_schedule_control_switch(fixture.schedule_control, first));
	sleep_microseconds(20 * WINDOW_MICROSECONDS);
	EXPECT_EQ(begun, followed_since());
	follow(second); /* from a frame's planned end, which a machine that stood still may be late for */
	EXPECT_TRUE(followed_since() > begun);
	begun = followed_since();
	follow(first);
	EXPECT_TRUE(followed_since() > begun);
}

TEST(DM0003, "the next table begins at the end of the frame; the last that is asked for counts")
{
	l4_cap_t a = new_object(L4_TYPE_DOMAIN), b = new_object(L4_TYPE_DOMAIN);
	struct worker *of_a = new_worker_in(a, 1), *of_b = new_worker_in(b, 1);
	l4_cap_t first = shared_with(a), second = shared_with(b);

	worker_run(of_a, spin);
	worker_run(of_b, spin);
	follow(first);
	expect_runs(of_a);
	expect_rests(of_b);
	EXPECT_OK(l4_schedule_control_switch(fixture.schedule_control, first));
	follow(second);
	expect_runs(of_b);
	expect_rests(of_a);
	EXPECT_OK(l4_schedule_control_switch(fixture.schedule_control, second));
	follow(first);
	expect_runs(of_a);
}

TEST(DM0004, "what a window leaves is the slack domain's, until somebody of the window's is ready")
{
	l4_cap_t domain = new_object(L4_TYPE_DOMAIN), other = new_object(L4_TYPE_DOMAIN);
	struct worker *slack = new_worker_in(domain, 255), *worker = new_worker_in(other, 1);
	l4_cap_t schedule = new_schedule(0, domain);

	set_window(schedule, 0, fixture.domain);
	set_window(schedule, 1, other);
	worker_run(slack, spin);
	follow(schedule);
	expect_runs(slack); /* while the case sleeps, and in the empty window */
	worker_run(worker, spin);
	expect_runs(worker);
	for (int times = 0; times < 10; times++) {
		l4_word_t before = slack->value;

		/* The case is ready all the time: in its window nobody else, in the other one the other's worker. */
		l4_word_t now = frames();
		while (frames() < now + 3)
			;
		EXPECT_EQ(before, slack->value);
		EXPECT_EVENTUALLY(slack->value > before);
	}
}

static void wait_for_value(struct worker *worker)
{
	l4_wait(worker->cap);
	worker->value++;
}

TEST(DM0005, "in slack a domain's timers fire as in its own windows")
{
	l4_cap_t domain = new_object(L4_TYPE_DOMAIN), notification = new_object(L4_TYPE_NOTIFICATION), schedule = new_schedule(0, domain);
	struct worker *slack = new_worker_in(domain, 1);

	slack->cap = notification;
	set_window(schedule, 0, fixture.domain);
	follow(schedule);
	worker_run(slack, wait_for_value);
	EXPECT_EVENTUALLY(state_of(slack->thread) == L4_THREAD_WAITING_NOTIFICATION);
	l4_signal(notification);
	EXPECT_EVENTUALLY(slack->value == 1);
}

/* Arms worker->value's timer, in worker->cap, and waits for the notification behind it. */
static void arm(struct worker *worker)
{
	worker->result.status = l4_timer_arm(worker->cap, l4_now() + 1000);
	worker->value = 1;
}

static void expect_signal(l4_cap_t notification)
{
	struct l4_registers m;
	bool signalled = false;

	EXPECT_EVENTUALLY(signalled || (signalled = l4_recv_nonblocking(notification, &m).status == L4_OK));
}

TEST(DM0006, "a timer is its armer's domain's: it fires in that one's windows alone, and a dead domain's never")
{
	l4_cap_t domain = new_object(L4_TYPE_DOMAIN), timer = new_object(L4_TYPE_TIMER), notification = new_object(L4_TYPE_NOTIFICATION);
	l4_cap_t alone = new_schedule(0, 0), schedule = shared_with(domain);
	struct worker *worker = new_worker_in(domain, 1);
	struct l4_registers m;
	l4_word_t armed;

	set_window(alone, 0, fixture.domain);
	EXPECT_OK(l4_timer_bind(timer, notification));
	follow(schedule);
	worker->cap = timer;
	worker_run(worker, arm);
	expect_signal(notification);
	for (int tries = 0; tries < 20; tries++) {
		/* Armed for later, by a worker whose domain has no window then. */
		EXPECT_EVENTUALLY(state_of(worker->thread) == L4_THREAD_SUSPENDED);
		worker_run(worker, arm);
		EXPECT_OK(l4_schedule_control_switch(fixture.schedule_control, alone));
		l4_word_t now = frames();
		EXPECT_EVENTUALLY(frames() > now + 2);
		if (worker->value == 1)
			break;
		follow(schedule);
	}
	l4_recv_nonblocking(notification, &m);
	delete_cap(domain);
	EXPECT_OK(l4_timer_cancel(timer, &armed));
	EXPECT_EQ(0, armed);
	sleep_microseconds(1000);
	EXPECT_STATUS(L4_WOULD_BLOCK, l4_recv_nonblocking(notification, &m).status);
	/* It is as good as new. */
	EXPECT_OK(l4_timer_arm(timer, l4_now() + 100));
	expect_signal(notification);
}

TEST(DM0007, "a domain that is deleted stops its threads, time, windows and slack, and leaves nothing")
{
	l4_cap_t domain = new_object(L4_TYPE_DOMAIN), other = new_object(L4_TYPE_DOMAIN), schedule = new_schedule(0, domain);
	struct worker *worker = new_worker_in(domain, 10), *spent = new_worker_in(domain, 20);
	l4_word_t remaining;

	EXPECT_OK(l4_sched_context_configure(spent->time, domain, l4_startup()->min_budget, l4_ticks_per_second() * 1000));
	set_window(schedule, 0, fixture.domain);
	set_window(schedule, 1, domain);
	worker_run(worker, spin);
	worker_run(spent, spin);
	follow(schedule);
	expect_runs(worker);
	EXPECT_EVENTUALLY(state_of(spent->thread) == L4_THREAD_OUT_OF_BUDGET);
	delete_cap(domain);
	check_kernel();
	expect_rests(worker);
	expect_rests(spent);
	EXPECT_OK(l4_sched_context_info(spent->time, NULL, &remaining, NULL));
	EXPECT_EQ(0, remaining);
	/* They can be given another. */
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, 0));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_DOMAIN, other));
	EXPECT_OK(l4_sched_context_configure(worker->time, other, 100000, 100000));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, worker->time));
	follow(shared_with(other));
	expect_runs(worker);
}

TEST(DM0008, "a table that is deleted while it is followed leaves the boot domain its endless window, or the table that is next")
{
	l4_cap_t domain = new_object(L4_TYPE_DOMAIN), schedule = shared_with(domain), next = shared_with(domain);
	struct worker *worker = new_worker_in(domain, 1);

	worker_run(worker, spin);
	follow(schedule);
	expect_runs(worker);
	EXPECT_OK(l4_schedule_control_switch(fixture.schedule_control, next));
	delete_cap(schedule);
	check_kernel();
	expect_runs(worker);
	delete_cap(next);
	expect_rests(worker);
	EXPECT_EQ(0, frames());
}

static l4_word_t state_of_table(l4_cap_t schedule)
{
	l4_word_t state;

	EXPECT_OK(l4_schedule_info(schedule, NULL, NULL, NULL, &state));
	return state;
}

TEST(DM0009, "a table that is followed, or is next, cannot be changed, and says so")
{
	l4_cap_t followed = new_schedule(0, 0), next = shared_with(0), free = shared_with(0);
	l4_word_t length = l4_ticks_of_microseconds(WINDOW_MICROSECONDS), frame, state;
	l4_status_t set, configured, set_next;

	EXPECT_OK(l4_schedule_set(followed, 0, 40 * length, fixture.domain));
	do { /* within one frame: on a busy host it may end between any two of these */
		follow(followed);
		EXPECT_EQ(L4_SCHEDULE_FOLLOWED, state_of_table(followed));
		EXPECT_EQ(L4_SCHEDULE_UNUSED, state_of_table(next));
		frame = frames();
		EXPECT_OK(l4_schedule_control_switch(fixture.schedule_control, next));
		state = state_of_table(next);
		set = l4_schedule_set(followed, 0, length, fixture.domain);
		configured = l4_schedule_configure(followed, 0, 0);
		set_next = l4_schedule_set(next, 0, length, fixture.domain);
	} while (frames() != frame);
	EXPECT_EQ(L4_SCHEDULE_NEXT, state);
	EXPECT_STATUS(L4_BUSY, set);
	EXPECT_STATUS(L4_BUSY, configured);
	EXPECT_STATUS(L4_BUSY, set_next);
	EXPECT_OK(l4_schedule_set(free, 0, length, fixture.domain));
	follow(free);
	EXPECT_OK(l4_schedule_set(followed, 0, length, 0));
	EXPECT_OK(l4_schedule_set(next, 0, length, 0));
	EXPECT_EQ(L4_SCHEDULE_UNUSED, state_of_table(next));
}

TEST(DM0010, "configure and set: what is in range, and in what order")
{
	l4_cap_t schedule = new_sized(L4_TYPE_SCHEDULE, 8), domain = new_object(L4_TYPE_DOMAIN);
	l4_word_t least = l4_startup()->min_budget, windows, most, frame;

	EXPECT_OK(l4_schedule_info(schedule, &windows, &most, &frame, NULL));
	EXPECT_EQ(0, windows);
	EXPECT_EQ(2, most);
	EXPECT_EQ(0, frame);
	EXPECT_STATUS(L4_BAD_STATE, l4_schedule_control_switch(fixture.schedule_control, schedule));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_schedule_configure(schedule, ~0UL, 0));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_schedule_configure(schedule, ~0UL >> 2, 0));
	EXPECT_STATUS(L4_TOO_DEEP, l4_schedule_configure(schedule, 0, deepest_copy(domain)));
	EXPECT_OK(l4_schedule_configure(schedule, 1000, domain));
	EXPECT_OK(l4_schedule_configure(schedule, 1000, 0));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_schedule_set(schedule, 1, 1000 + least, domain));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_schedule_set(schedule, 0, 1000 + least - 1, domain));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_schedule_set(schedule, 0, ~0UL, domain));
	EXPECT_STATUS(L4_TOO_DEEP, l4_schedule_set(schedule, 0, 1000 + least, deepest_copy(domain)));
	EXPECT_OK(l4_schedule_set(schedule, 0, 1000 + least, domain));
	EXPECT_STATUS(L4_BAD_STATE, l4_schedule_configure(schedule, 0, 0));
	EXPECT_OK(l4_schedule_set(schedule, 1, 5000 + least, 0));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_schedule_set(schedule, 2, 5000 + least, 0));
	EXPECT_OK(l4_schedule_set(schedule, 0, 2000 + least, 0));
	EXPECT_OK(l4_schedule_info(schedule, &windows, &most, &frame, NULL));
	EXPECT_EQ(2, windows);
	EXPECT_EQ(7000 + 2 * least, frame);
	for (l4_word_t bits = 0; bits < 20; bits++) {
		l4_status_t status = l4_untyped_retype(fixture.object_memory, L4_TYPE_SCHEDULE, bits, L4_SLOT_CNODE, new_slot(), 1);

		EXPECT_STATUS(bits >= 8 && bits <= 16 ? L4_OK : L4_INVALID_ARGUMENT, status);
	}
}

TEST(DM0011, "a long table can be deleted, whole and in use")
{
	l4_cap_t schedule = new_sized(L4_TYPE_SCHEDULE, 16), domain = new_object(L4_TYPE_DOMAIN);
	l4_word_t most;

	EXPECT_OK(l4_schedule_info(schedule, NULL, &most, NULL, NULL));
	EXPECT_EQ((65536 - 96) / 72, most);
	for (l4_word_t i = 0; i < most; i++)
		EXPECT_OK(l4_schedule_set(schedule, i, l4_startup()->min_budget, i % 2 ? domain : fixture.domain));
	EXPECT_OK(l4_schedule_control_switch(fixture.schedule_control, schedule));
	sleep_microseconds(5000);
	delete_cap(schedule);
	check_kernel();
}

TEST(DM0012, "time is of one domain: no thread of another has it")
{
	l4_cap_t domain = new_object(L4_TYPE_DOMAIN), time = new_object(L4_TYPE_SCHED_CONTEXT);
	struct worker *worker = new_worker(), *other = new_worker_in(domain, 1);

	EXPECT_OK(l4_sched_context_configure(time, domain, 100000, 100000));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, 0));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, time));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_sched_context_configure(other->time, fixture.domain, 100000, 100000));
	EXPECT_STATUS(L4_TOO_DEEP, l4_sched_context_configure(time, deepest_copy(domain), 100000, 100000));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_thread_set_priority(worker->thread, domain, 1));
	EXPECT_OK(l4_sched_context_configure(time, fixture.domain, 100000, 100000));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_SCHED_CONTEXT, time));
}

TEST(DM0013, "a thread that runs on borrowed time keeps its domain")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), domain = new_object(L4_TYPE_DOMAIN);
	struct worker *server = new_server(endpoint), *client = new_worker();

	worker_call(client, endpoint, l4_tag(0, 0));
	EXPECT_STATE(L4_THREAD_SUSPENDED, server); /* it has received, and holds the client's time */
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_bind(server->thread, L4_BIND_DOMAIN, domain));
	EXPECT_STATUS(L4_BAD_STATE, l4_thread_bind(server->thread, L4_BIND_DOMAIN, 0));
}

/* Adds one, for ever. */
static void serve(struct worker *worker)
{
	struct l4_registers m;

	l4_recv(worker->cap, &m);
	for (;;) {
		m.word[0]++;
		l4_reply_recv(worker->cap, l4_tag(0, 1), &m);
	}
}

/* Calls with what was answered, for ever. */
static void ask(struct worker *worker)
{
	struct l4_registers m = {{0}};

	while (l4_call(worker->cap, l4_tag(0, 1), &m).status == L4_OK)
		worker->value = m.word[0];
}

TEST(DM0014, "a call to another domain is answered in that one's windows, on time of its own")
{
	l4_cap_t domain = new_object(L4_TYPE_DOMAIN), endpoint = new_object(L4_TYPE_ENDPOINT), alone = new_schedule(0, 0);
	struct worker *server = new_worker(), *client = new_worker_in(domain, 1);

	set_window(alone, 0, fixture.domain);
	server->cap = client->cap = endpoint;
	worker_run(server, serve);
	follow(shared_with(domain));
	worker_run(client, ask);
	expect_runs(client);
	expect_runs(client);
	worker_make_passive(server); /* nobody lends it any across domains */
	EXPECT_EVENTUALLY(state_of(client->thread) == L4_THREAD_WAITING_REPLY);
	expect_rests(client);
	EXPECT_OK(l4_thread_bind(server->thread, L4_BIND_SCHED_CONTEXT, server->time));
	expect_runs(client);
	follow(alone);
	expect_rests(client);
}

TEST(DM0015, "with a pad, windows are as many and threads run as well")
{
	l4_cap_t domain = new_object(L4_TYPE_DOMAIN), schedule = new_schedule(WINDOW_MICROSECONDS / 2, 0);
	struct worker *worker = new_worker_in(domain, 1);
	l4_word_t start, again;

	set_window(schedule, 0, domain);
	set_window(schedule, 1, fixture.domain);
	worker_run(worker, spin);
	follow(schedule);
	expect_runs(worker);
	/* Nobody is let in before the pad is over. */
	EXPECT_OK(l4_schedule_control_info(fixture.schedule_control, NULL, &start, NULL, NULL, NULL, NULL));
	do
		EXPECT_OK(l4_schedule_control_info(fixture.schedule_control, NULL, &again, NULL, NULL, NULL, NULL));
	while (again == start);
	EXPECT_TRUE(l4_now() >= again + l4_ticks_of_microseconds(WINDOW_MICROSECONDS / 2));
}

TEST(DM0016, "a line is confined to a domain's windows, to none when that is deleted, and set free")
{
	l4_cap_t domain = new_object(L4_TYPE_DOMAIN), handler = new_slot(), notification = new_object(L4_TYPE_NOTIFICATION), second = new_slot();

	EXPECT_OK(l4_irq_control_issue(fixture.irq_control, 20, L4_SLOT_CNODE, handler));
	EXPECT_STATUS(L4_NO_RIGHT, l4_irq_handler_confine(copy_cap(handler, L4_READ | L4_WRITE), 0));
	EXPECT_OK(l4_irq_control_issue(fixture.irq_control, 21, L4_SLOT_CNODE, second));
	EXPECT_STATUS(L4_TOO_DEEP, l4_irq_handler_confine(handler, deepest_copy(domain)));
	EXPECT_OK(l4_irq_handler_confine(handler, domain));
	EXPECT_OK(l4_irq_handler_confine(second, domain));
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	EXPECT_OK(l4_irq_handler_confine(handler, domain));
	follow(shared_with(domain));
	EXPECT_OK(l4_irq_handler_confine(second, 0));
	EXPECT_OK(l4_irq_handler_confine(second, fixture.domain));
	delete_cap(domain);
	check_kernel();
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	EXPECT_OK(l4_irq_handler_confine(handler, 0));
	delete_cap(second);
}

TEST(DM0017, "to follow a table takes the right to read it, and that is no right to change it")
{
	l4_cap_t schedule = shared_with(0), readable = new_slot(), none = new_slot();
	l4_word_t length = l4_ticks_of_microseconds(WINDOW_MICROSECONDS);

	EXPECT_OK(l4_cnode_copy(L4_SLOT_CNODE, readable, L4_SLOT_CNODE, schedule, L4_READ));
	EXPECT_OK(l4_cnode_copy(L4_SLOT_CNODE, none, L4_SLOT_CNODE, schedule, L4_GRANT));
	EXPECT_STATUS(L4_NO_RIGHT, l4_schedule_set(readable, 0, length, 0));
	EXPECT_STATUS(L4_NO_RIGHT, l4_schedule_configure(readable, 0, 0));
	EXPECT_STATUS(L4_NO_RIGHT, l4_schedule_control_switch(fixture.schedule_control, none));
	follow(readable);
}
