/* SPDX-License-Identifier: BSD-2-Clause */
/* What a hostile program would try, one attempt a test. */
#include <kernel_driver.h>

#include <kernel/entry.h>
#include <kernel/ipc.h>

#define PRIORITY 200 /* root's, so that threads take turns with it */
#define ENDPOINT FIRST_SLOT
#define SERVER(n) (FIRST_SLOT + 10 + 4 * (n)) /* thread, its sched_context, its reply object */
#define CLIENT(n) (FIRST_SLOT + 30 + 4 * (n))

static const word_t no_words[L4_MESSAGE_REGISTERS];

/* A thread that waits at the endpoint, and runs on the time of its callers. */
static struct thread *make_passive_server(unsigned number, word_t endpoint)
{
	struct thread *server = make_thread(SERVER(number), PRIORITY);
	make_object(object_untyped, L4_TYPE_REPLY, 0, SERVER(number) + 2);
	EXPECT_EQ(L4_OK, call(SERVER(number), L4_OP_THREAD_BIND, L4_BIND_REPLY, SERVER(number) + 2));
	run_as(server);
	enter_syscall(L4_SYS_RECV, endpoint, 0, no_words);
	EXPECT_EQ(L4_THREAD_RECEIVING, server->state);
	run_as(root);
	EXPECT_EQ(L4_OK, call(SERVER(number), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, 0));
	return server;
}

static void call_endpoint(struct thread *client, word_t endpoint)
{
	run_as(client);
	enter_syscall(L4_SYS_CALL, endpoint, 0, no_words);
	EXPECT_EQ(L4_THREAD_WAITING_REPLY, client->state);
}

static void bind_time(word_t thread, word_t time)
{
	run_as(root);
	EXPECT_EQ(L4_OK, call(thread, L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, time));
}

/*
 * A client's own time is out with a server when it is taken from the client and given to another. The client gets a sched_context in its place that somebody else
 * still runs on, so that it has a time of its own but none to run on.
 */
static void keep_lent_time(bool fast)
{
	driver_start();
	make_object(object_untyped, L4_TYPE_ENDPOINT, 0, ENDPOINT);
	make_object(object_untyped, L4_TYPE_ENDPOINT, 0, ENDPOINT + 1);
	struct thread *server = make_passive_server(0, ENDPOINT);
	(void)make_passive_server(1, ENDPOINT + 1);
	struct thread *thief = make_thread(CLIENT(0), PRIORITY), *heir = make_thread(CLIENT(1), PRIORITY), *helper = make_thread(CLIENT(2), PRIORITY);
	struct sched_context *time = slot_object(root_slot(CLIENT(0) + 1));
	call_endpoint(helper, ENDPOINT + 1);
	bind_time(CLIENT(2), 0);
	call_endpoint(thief, ENDPOINT);
	bind_time(CLIENT(0), 0);
	bind_time(CLIENT(0), CLIENT(2) + 1);
	bind_time(CLIENT(1), 0);
	bind_time(CLIENT(1), CLIENT(0) + 1);
	run_as(server);
	driver_fast = fast;
	enter_syscall(L4_SYS_REPLY_RECV, ENDPOINT, 0, no_words);
	driver_fast = false;
	EXPECT_TRUE(time->home == heir);
	EXPECT_TRUE(time->runner == heir);
	EXPECT_TRUE(!thief->time);
	run_as(root);
	driver_end();
}

TEST(KABU0001, "time that was taken from a client while it was lent goes to its new home: the client does not get it with the answer")
{
	keep_lent_time(false);
	keep_lent_time(true);
}

TEST(KABU0002, "a thread that was a guest does not keep the floating-point unit that guests have, if it is not allowed it itself")
{
	driver_start();
	make_object(object_untyped, L4_TYPE_THREAD, 0, CLIENT(0));
	make_object(object_untyped, L4_TYPE_VCPU, 0, CLIENT(0) + 1);
	struct thread *thread = slot_object(root_slot(CLIENT(0)));
	EXPECT_EQ(L4_OK, call(CLIENT(0), L4_OP_THREAD_BIND, L4_BIND_VCPU, CLIENT(0) + 1));
	fpu_claim(thread); /* as the back end does when it enters a guest */
	EXPECT_TRUE(thread->arch.fpu_enabled && cpu_self()->fpu_owner == thread);
	EXPECT_EQ(L4_OK, call(CLIENT(0), L4_OP_THREAD_BIND, L4_BIND_VCPU, 0));
	EXPECT_TRUE(!thread->arch.fpu_enabled && cpu_self()->fpu_owner != thread);
	driver_end();
}

TEST(KABU0003, "a thread whose priority a domain of its own has given it gets into no domain by a capability whose badge is less")
{
	const word_t domain = FIRST_SLOT + 1, limited = FIRST_SLOT + 2, badge = 50;
	driver_start();
	make_object(object_untyped, L4_TYPE_DOMAIN, 0, domain);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_MINT, limited, L4_BOOT_CNODE, L4_BOOT_DOMAIN, L4_ALL_RIGHTS, badge));
	make_object(object_untyped, L4_TYPE_THREAD, 0, CLIENT(0));
	EXPECT_EQ(L4_NO_RIGHT, call(CLIENT(0), L4_OP_THREAD_SET_PRIORITY, limited, badge + 1));
	EXPECT_EQ(L4_OK, call(CLIENT(0), L4_OP_THREAD_SET_PRIORITY, domain, badge + 1));
	EXPECT_EQ(L4_NO_RIGHT, call(CLIENT(0), L4_OP_THREAD_BIND, L4_BIND_DOMAIN, limited));
	EXPECT_EQ(L4_OK, call(CLIENT(0), L4_OP_THREAD_BIND, L4_BIND_DOMAIN, domain));
	EXPECT_EQ(L4_NO_RIGHT, call(CLIENT(0), L4_OP_THREAD_BIND, L4_BIND_DOMAIN, limited));
	EXPECT_EQ(L4_OK, call(CLIENT(0), L4_OP_THREAD_SET_PRIORITY, domain, badge));
	EXPECT_EQ(L4_OK, call(CLIENT(0), L4_OP_THREAD_BIND, L4_BIND_DOMAIN, limited));
	driver_end();
}

/* An endpoint at which three passive servers wait loses its first one, and then the deletion is interrupted. */
static void call_while_deleted(bool fast)
{
	driver_start();
	make_object(object_untyped, L4_TYPE_ENDPOINT, 0, ENDPOINT);
	for (unsigned i = 0; i < 3; i++)
		(void)make_passive_server(i, ENDPOINT);
	struct thread *client = make_thread(CLIENT(0), PRIORITY);
	run_as(root);
	machine.preempt_after = 1;
	enter_syscall(L4_SYS_CALL, L4_BOOT_CNODE, l4_tag(L4_OP_CNODE_DELETE, 1), (word_t[L4_MESSAGE_REGISTERS]){ENDPOINT});
	EXPECT_TRUE(is_restarting(root) && !slot_is_empty(root_slot(ENDPOINT)));
	run_as(client);
	driver_fast = fast;
	enter_syscall(L4_SYS_CALL, ENDPOINT, 0, no_words);
	driver_fast = false;
	EXPECT_EQ(L4_THREAD_READY, client->state);
	EXPECT_EQ(L4_NO_RIGHT, result_status(client));
	while (is_restarting(root)) {
		run_as(root);
		enter_restart();
	}
	EXPECT_TRUE(slot_is_empty(root_slot(ENDPOINT)));
	driver_end();
}

TEST(KABU0004, "an endpoint whose deletion is under way takes no call, the slow way or the fast one")
{
	call_while_deleted(false);
	call_while_deleted(true);
}

/*
 * The table that root deletes has the domain of the window that runs in it, and behind that another table. Root is not current any more when its call comes to that.
 */
TEST(KABU0005, "a call that ends its own window deletes all that it says it has deleted")
{
	const word_t table = FIRST_SLOT + 1, inner = FIRST_SLOT + 2, schedule = FIRST_SLOT + 3, domain = 0, ticks = 1000;
	driver_start();
	make_object(object_untyped, L4_TYPE_ENDPOINT, 0, ENDPOINT);
	make_object(object_untyped, L4_TYPE_CNODE, SLOT_BITS + 2, table);
	make_object(object_untyped, L4_TYPE_CNODE, SLOT_BITS + 2, inner);
	make_object(object_untyped, L4_TYPE_SCHEDULE, 8, schedule);
	EXPECT_EQ(L4_OK, call(inner, L4_OP_CNODE_COPY, 0, L4_BOOT_CNODE, ENDPOINT, L4_ALL_RIGHTS));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, LAST_SLOT, L4_BOOT_CNODE, L4_BOOT_DOMAIN, L4_ALL_RIGHTS));
	EXPECT_EQ(L4_OK, call(schedule, L4_OP_SCHEDULE_SET, 0, ticks, LAST_SLOT));
	EXPECT_EQ(L4_OK, call(schedule, L4_OP_SCHEDULE_SET, 1, ticks, L4_BOOT_DOMAIN));
	EXPECT_EQ(L4_OK, call(table, L4_OP_CNODE_MOVE, domain, L4_BOOT_CNODE, LAST_SLOT));
	EXPECT_EQ(L4_OK, call(table, L4_OP_CNODE_MOVE, domain + 1, L4_BOOT_CNODE, inner));
	EXPECT_EQ(L4_OK, call(L4_BOOT_SCHEDULE_CONTROL, L4_OP_SCHEDULE_CONTROL_SWITCH, schedule));
	enter_syscall(L4_SYS_CALL, L4_BOOT_CNODE, l4_tag(L4_OP_CNODE_DELETE, 1), (word_t[L4_MESSAGE_REGISTERS]){table});
	EXPECT_TRUE(cpu_self()->current != root); /* it is nobody's window now */
	EXPECT_EQ(L4_OK, result_status(root));
	EXPECT_TRUE(!root_slot(ENDPOINT)->child);
	machine.now = cpu_self()->place.end;
	enter_interrupt();
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, schedule));
	driver_end();
}

TEST(KABU0006, "who serves a line, and has it confined to its windows, cannot set it free")
{
	const word_t handler = FIRST_SLOT + 1, served = FIRST_SLOT + 2, line = 5;
	driver_start();
	EXPECT_EQ(L4_OK, call(L4_BOOT_IRQ_CONTROL, L4_OP_IRQ_CONTROL_ISSUE, line, L4_BOOT_CNODE, handler));
	EXPECT_EQ(L4_OK, call(handler, L4_OP_IRQ_HANDLER_CONFINE, L4_BOOT_DOMAIN));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, served, L4_BOOT_CNODE, handler, L4_WRITE));
	EXPECT_EQ(L4_NO_RIGHT, call(served, L4_OP_IRQ_HANDLER_CONFINE, 0));
	EXPECT_EQ(L4_NO_RIGHT, call(served, L4_OP_IRQ_HANDLER_CONFINE, L4_BOOT_DOMAIN));
	EXPECT_EQ(L4_OK, call(handler, L4_OP_IRQ_HANDLER_CONFINE, 0));
	driver_end();
}

/* The first call goes the slow way or the fast one, and grants or not; the answer has a capability with it. */
static void answer_with_cap(bool fast, word_t rights)
{
	const word_t gift = FIRST_SLOT + 1, arrives = FIRST_SLOT + 2, way = FIRST_SLOT + 3;
	driver_start();
	make_object(object_untyped, L4_TYPE_ENDPOINT, 0, ENDPOINT);
	make_object(object_untyped, L4_TYPE_TIMER, 0, gift);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, way, L4_BOOT_CNODE, ENDPOINT, rights));
	struct thread *server = make_passive_server(0, ENDPOINT), *client = make_thread(CLIENT(0), PRIORITY);
	thread_buffer(client)->recv_slot = arrives;
	thread_buffer(server)->send_slot = gift;
	for (word_t other = L4_ALL_RIGHTS;; other = L4_WRITE) { /* what a call before this one granted counts for nothing */
		run_as(client);
		driver_fast = fast;
		enter_syscall(L4_SYS_CALL, other == L4_WRITE ? way : ENDPOINT, 0, no_words);
		driver_fast = false;
		run_as(server);
		enter_syscall(L4_SYS_REPLY_RECV, ENDPOINT, other == L4_WRITE ? L4_TAG_CAP : 0, no_words);
		if (other == L4_WRITE)
			break;
	}
	EXPECT_EQ(L4_THREAD_READY, client->state);
	EXPECT_EQ(rights & L4_GRANT ? L4_TYPE_TIMER : L4_TYPE_NULL, slot_type(root_slot(arrives)));
	run_as(root);
	driver_end();
}

TEST(KABU0007, "a server gives no capability to who calls it by one that does not grant, the slow way or the fast one")
{
	answer_with_cap(false, L4_WRITE);
	answer_with_cap(true, L4_WRITE);
	answer_with_cap(false, L4_WRITE | L4_GRANT);
	answer_with_cap(true, L4_WRITE | L4_GRANT);
}

TEST(KABU0008, "a table that may only be read is nobody's to run with: what is in it could be moved out by messages, and replaced")
{
	const word_t table = FIRST_SLOT + 1, readable = FIRST_SLOT + 2;
	driver_start();
	make_object(object_untyped, L4_TYPE_CNODE, SLOT_BITS + 2, table);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, readable, L4_BOOT_CNODE, table, L4_READ));
	make_object(object_untyped, L4_TYPE_THREAD, 0, CLIENT(0));
	EXPECT_EQ(L4_NO_RIGHT, call(CLIENT(0), L4_OP_THREAD_BIND, L4_BIND_CNODE, readable));
	EXPECT_EQ(L4_OK, call(CLIENT(0), L4_OP_THREAD_BIND, L4_BIND_CNODE, table));
	driver_end();
}
