/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The check at the fast path's exits. Compiled like the fast path, off the message's registers, and calls nothing but panic. At the entry that follows
 * the lists hold nothing of it, because all of it is checked here.
 */
#include <kernel/arch.h>
#include <kernel/check_rules.h>
#include <kernel/touched.h>

static void check_caller(const struct thread *caller, const struct thread *callee)
{
	const struct reply *reply = caller->waiting_on;
	KERNEL_ASSERT(reply == slot_object(&callee->slots[L4_BIND_REPLY]), caller);
	KERNEL_ASSERT(reply->borrower == callee && callee->borrowed == reply && !reply->granted, caller);
}

static void check_server(const struct thread *server, const struct endpoint *endpoint)
{
	const struct reply *reply = slot_object(&server->slots[L4_BIND_REPLY]);
	KERNEL_ASSERT(server->state == L4_THREAD_RECEIVING && server->queue == &endpoint->receivers, server);
	KERNEL_ASSERT(!reply->caller && !reply->borrower && !reply->granted && !server->borrowed, server);
}

void check_fast_exit(const struct endpoint *endpoint, const struct thread *stopped)
{
	const struct cpu *cpu = cpu_self();
	check_processor(cpu);
	check_queue(&endpoint->senders);
	check_queue(&endpoint->receivers);
	KERNEL_ASSERT(!endpoint->senders.head || !endpoint->receivers.head, endpoint);
	check_thread_links(cpu->current);
	check_thread_links(stopped);
	KERNEL_ASSERT(!stopped->time && stopped->direct_priority == stopped->priority, stopped);
	if (stopped->state == L4_THREAD_WAITING_REPLY)
		check_caller(stopped, cpu->current);
	else
		check_server(stopped, endpoint);
	touched.threads.count = touched.queues.count = 0;
}
