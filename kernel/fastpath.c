/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPC in its common case: a short message between a caller that lends its time and a passive server, both of which stopped in system calls. Every
 * condition is looked at before anything changes. thread_update_direct has folded most of them into direct_priority.
 * The context of a running thread is never full. The result must be the same as that of ipc_call and ipc_reply_recv.
 */
#include <arch/fast.h>
#include <kernel/arch.h>
#include <kernel/entry.h>
#include <kernel/fault_finish.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>

#define FAST_TAG_MASK ((1UL << L4_TAG_LABEL_SHIFT) - 1)
#define RIGHT_BIT(right) ((word_t)(right) << SLOT_RIGHTS_SHIFT)

/* The caller has found `index` below the cnode's number of slots, so there is a cnode. */
static inline const struct slot *fast_slot(const struct thread *thread, word_t index)
{
	return (const struct slot *)slot_object(&thread->slots[L4_BIND_CNODE]) + index;
}

static inline bool fast_is_in_cnode(const struct thread *thread, word_t index)
{
	return index < thread->slots[L4_BIND_CNODE].badge;
}

static inline bool fast_is_endpoint(const struct slot *slot, word_t right)
{
	return (slot->word & (SLOT_TYPE_MASK | RIGHT_BIT(right))) == (L4_TYPE_ENDPOINT | RIGHT_BIT(right));
}

/* A way that grants is left to ipc_call, by which the reply object keeps that for the answer: here it stays as it is where nobody waits. */
static inline bool fast_is_called_by(const struct slot *slot)
{
	word_t rights = RIGHT_BIT(L4_WRITE) | RIGHT_BIT(L4_GRANT);
	return (slot->word & (SLOT_TYPE_MASK | rights)) == (L4_TYPE_ENDPOINT | RIGHT_BIT(L4_WRITE));
}

/* A thread's own capability to its domain has always the same rights. */
static inline bool same_domain(const struct thread *a, const struct thread *b)
{
	return a->slots[L4_BIND_DOMAIN].word == b->slots[L4_BIND_DOMAIN].word;
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
	if (__builtin_expect(next != NULL, 0))
		next->queue_prev = NULL;
	else
		queue->tail = NULL;
	head->queue = NULL;
}

static inline void block_directly(struct thread *thread, enum l4_thread state)
{
	thread->state = state;
	thread->direct_priority = thread->priority;
}

static inline void run_directly(struct cpu *cpu, struct thread *thread)
{
	thread->state = L4_THREAD_READY;
	cpu->current = thread;
}

static inline bool takes_call(const struct cpu *cpu, const struct thread *caller, const struct thread *callee)
{
	return callee && callee->direct_priority >= cpu->highest_ready && same_domain(caller, callee);
}

static inline void begin_call(struct cpu *cpu, struct endpoint *endpoint, struct thread *caller, struct thread *callee)
{
	queue_pop(&endpoint->receivers, callee);
	struct reply *reply = slot_object(&callee->slots[L4_BIND_REPLY]);
	reply->caller = caller;
	reply->borrower = callee;
	caller->waiting_on = reply;
	callee->borrowed = reply;
	move_time(caller, callee);
	block_directly(caller, L4_THREAD_WAITING_REPLY);
	run_directly(cpu, callee);
}

void fastpath_call(word_t cap, word_t tag)
{
	struct cpu *cpu = cpu_self();
	struct thread *caller = cpu->current;
	if ((tag & FAST_TAG_MASK) > L4_MESSAGE_REGISTERS || !fast_is_in_cnode(caller, cap))
		return;
	const struct slot *target = fast_slot(caller, cap);
	if (!fast_is_called_by(target))
		return;
	struct endpoint *endpoint = slot_object(target);
	struct thread *callee = endpoint->receivers.head;
	if (!takes_call(cpu, caller, callee))
		return;
	const struct vspace *space = slot_object(&callee->slots[L4_BIND_VSPACE]);
	if (!arch_fast_enter(space))
		return;
	begin_call(cpu, endpoint, caller, callee);
	arch_fast_save(caller);
	check_fast_exit(endpoint, caller);
	arch_fast_resume(cpu, callee, target->badge, tag);
}

void fastpath_fault(struct thread *thread, const struct slot *handler, word_t fault, word_t length, const word_t *words)
{
	struct cpu *cpu = cpu_self();
	struct endpoint *endpoint = slot_object(handler);
	if (!fast_is_endpoint(handler, L4_WRITE))
		return;
	struct thread *callee = endpoint->receivers.head;
	if (!takes_call(cpu, thread, callee))
		return;
	const struct vspace *space = slot_object(&callee->slots[L4_BIND_VSPACE]);
	if (!arch_fast_enter(space))
		return;
	begin_call(cpu, endpoint, thread, callee);
	thread->fault = 1 + fault;
	copy_message(arch_message(callee), words);
	arch_set_result(callee, L4_OK, l4_tag(fault, length), handler->badge);
	check_fast_exit(endpoint, thread);
	arch_fast_resume_light(cpu, callee);
}

static inline void end_call(struct cpu *cpu, struct endpoint *endpoint, struct thread *server, struct thread *caller)
{
	struct reply *reply = server->borrowed;
	reply->caller = NULL;
	reply->borrower = NULL;
	server->borrowed = NULL;
	move_time(server, caller);
	queue_append(&endpoint->receivers, server);
	block_directly(server, L4_THREAD_RECEIVING);
	run_directly(cpu, caller);
	arch_fast_save(server);
}

/*
 * The message that is still in its registers answers a call that the kernel made in the caller's name. Of four arguments at most: the registers of further
 * ones may be the message's (x86_64).
 */
static NORETURN __attribute__((noinline)) void resume_after_fault(struct cpu *cpu, struct endpoint *endpoint, struct thread *caller, word_t tag)
{
	struct thread *server = cpu->current;
	word_t words[FAULT_REPLY_WORDS];
	arch_fast_words(words);
	end_call(cpu, endpoint, server, caller);
	check_fast_exit(endpoint, server);
	fault_finish(caller, tag, words);
	arch_resume(caller);
}

void fastpath_reply_recv(word_t cap, word_t tag)
{
	struct cpu *cpu = cpu_self();
	struct thread *server = cpu->current;
	struct reply *reply = server->borrowed;
	if ((tag & FAST_TAG_MASK) > L4_MESSAGE_REGISTERS || !fast_is_in_cnode(server, cap) || !reply || reply != slot_object(&server->slots[L4_BIND_REPLY]))
		return;
	struct thread *caller = reply->caller;
	if (!caller || caller->direct_priority < cpu->highest_ready)
		return;
	const struct slot *source = fast_slot(server, cap);
	struct endpoint *endpoint = slot_object(source);
	if (!fast_is_endpoint(source, L4_READ) || endpoint->senders.head)
		return;
	if (caller->fault)
		resume_after_fault(cpu, endpoint, caller, tag);
	const struct vspace *space = slot_object(&caller->slots[L4_BIND_VSPACE]);
	if (!arch_fast_enter(space))
		return;
	end_call(cpu, endpoint, server, caller);
	check_fast_exit(endpoint, server);
	arch_fast_resume(cpu, caller, 0, tag);
}
