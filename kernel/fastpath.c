/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPC in its common case: a short message between a caller that lends its time and a passive server, both of which stopped in system calls. Every
 * condition is looked at before anything changes. thread_update_direct has folded most of them into direct_priority.
 * The result must be the same as that of ipc_call and ipc_reply_recv.
 */
#include <arch/fast.h>
#include <kernel/arch.h>
#include <kernel/entry.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>

#define FAST_TAG_MASK ((1UL << L4_TAG_LABEL_SHIFT) - 1)
#define RIGHT_BIT(right) ((word_t)(right) << SLOT_RIGHTS_SHIFT)

static inline struct endpoint *fast_endpoint(const struct slot *slot, word_t right)
{
	word_t wanted = L4_TYPE_ENDPOINT | RIGHT_BIT(right);
	if ((slot->word & (SLOT_TYPE_MASK | RIGHT_BIT(right))) != wanted)
		return NULL;
	return slot_object(slot);
}

static inline bool same_domain(const struct thread *a, const struct thread *b)
{
	return slot_address(&a->slots[L4_BIND_DOMAIN]) == slot_address(&b->slots[L4_BIND_DOMAIN]);
}

static inline void move_time(struct thread *from, struct thread *to)
{
	struct sched_context *time = from->time;
	from->time = NULL;
	to->time = time;
	time->runner = to;
}

static inline void queue_pop(struct thread_queue *queue, struct thread *head)
{
	struct thread *next = head->queue_next;
	queue->head = next;
	if (next)
		next->queue_prev = NULL;
	else
		queue->tail = NULL;
	head->queue = NULL;
	head->queue_next = NULL;
}

static inline void block_directly(struct cpu *cpu, struct thread *thread, enum l4_thread state)
{
	thread->state = state;
	thread->direct_priority = thread->priority;
	thread->context_is_full = false;
	arch_fast_save(cpu, thread);
}

static inline void run_directly(struct cpu *cpu, struct thread *thread)
{
	thread->state = L4_THREAD_READY;
	thread->direct_priority = DIRECT_NEVER;
	cpu->current = thread;
}

void fastpath_call(struct cpu *cpu, word_t cap, word_t tag)
{
	struct thread *caller = cpu->current;
	const struct slot *target = thread_lookup(caller, cap);
	if ((tag & FAST_TAG_MASK) > L4_MESSAGE_REGISTERS || !target)
		return;
	struct endpoint *endpoint = fast_endpoint(target, L4_WRITE);
	if (!endpoint)
		return;
	struct thread *callee = endpoint->receivers.head;
	if (!callee || callee->direct_priority < cpu->highest_ready || !same_domain(caller, callee))
		return;
	struct vspace *space = slot_object(&callee->slots[L4_BIND_VSPACE]);
	if (!arch_fast_space(space))
		return;
	struct reply *reply = slot_object(&callee->slots[L4_BIND_REPLY]);

	queue_pop(&endpoint->receivers, callee);
	reply->caller = caller;
	reply->borrower = callee;
	caller->waiting_on = reply;
	callee->borrowed = reply;
	move_time(caller, callee);
	block_directly(cpu, caller, L4_THREAD_WAITING_REPLY);
	run_directly(cpu, callee);
	arch_fast_resume(cpu, callee, target->badge, tag);
}

void fastpath_reply_recv(struct cpu *cpu, word_t cap, word_t tag)
{
	struct thread *server = cpu->current;
	const struct slot *source = thread_lookup(server, cap);
	struct reply *reply = server->borrowed;
	if ((tag & FAST_TAG_MASK) > L4_MESSAGE_REGISTERS || !source || !reply || reply != thread_reply(server))
		return;
	struct thread *caller = reply->caller;
	struct endpoint *endpoint = fast_endpoint(source, L4_READ);
	if (!caller || caller->direct_priority < cpu->highest_ready || !endpoint || endpoint->senders.head)
		return;
	struct notification *bound = thread_notification(server);
	if (bound && bound->bits)
		return;
	struct vspace *space = slot_object(&caller->slots[L4_BIND_VSPACE]);
	if (!arch_fast_space(space))
		return;

	reply->caller = NULL;
	reply->borrower = NULL;
	server->borrowed = NULL;
	caller->waiting_on = NULL;
	move_time(server, caller);
	queue_append(&endpoint->receivers, server);
	block_directly(cpu, server, L4_THREAD_RECEIVING);
	run_directly(cpu, caller);
	arch_fast_resume(cpu, caller, 0, tag);
}
