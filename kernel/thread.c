/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/dispatch.h>
#include <kernel/domain_timers.h>
#include <kernel/entry.h>
#include <kernel/ipc.h>
#include <kernel/print.h>
#include <kernel/sched.h>
#include <kernel/vcpu.h>

void queue_remove(struct thread *thread)
{
	struct thread_queue *queue = thread->queue;
	touched_queue(queue);
	touched_thread(thread);
	if (thread->queue_prev)
		thread->queue_prev->queue_next = thread->queue_next;
	else
		queue->head = thread->queue_next;
	if (thread->queue_next)
		thread->queue_next->queue_prev = thread->queue_prev;
	else
		queue->tail = thread->queue_prev;
	thread->queue = NULL;
	thread->queue_next = thread->queue_prev = NULL;
}

void thread_init(struct thread *thread)
{
	for (unsigned i = 0; i < L4_BIND_COUNT; i++)
		slot_init(&thread->slots[i], L4_HOLDER_THREAD, i);
	dying_ring_init(&thread->dying);
	thread->state = L4_THREAD_SUSPENDED;
	thread->context_is_full = true;
	thread->direct_priority = DIRECT_NEVER;
	arch_context_init(thread);
}

/* Whether what it has lent is its own, or borrowed; not what was taken from it meanwhile. */
static bool gets_time_back(const struct thread *thread)
{
	const struct sched_context *own = slot_object_or_null(&thread->slots[L4_BIND_SCHED_CONTEXT]);
	return thread->borrowed || (own && !own->abroad);
}

static bool waits_as_caller(struct thread *thread)
{
	return thread->state == L4_THREAD_WAITING_REPLY && !thread->waiting_on->granted && thread->fault != 1 + L4_FAULT_TIMEOUT && gets_time_back(thread) && thread_can_run(thread);
}

static bool waits_as_server(struct thread *thread)
{
	struct reply *reply = thread_reply(thread);
	return thread->state == L4_THREAD_RECEIVING && reply && !reply->caller && !thread_is_active(thread) && thread_vspace(thread) &&
	       !thread_vcpu(thread);
}

int64_t thread_direct_priority(struct thread *thread)
{
	bool direct = !thread->time && thread_domain(thread) && (waits_as_caller(thread) || waits_as_server(thread));
	return direct ? thread->priority : DIRECT_NEVER;
}

void thread_update_direct(struct thread *thread)
{
	touched_thread(thread);
	if (thread->state == L4_THREAD_RECEIVING || thread->state == L4_THREAD_WAITING_REPLY)
		thread->direct_priority = thread_direct_priority(thread);
}

static void leave_call(struct thread *thread)
{
	if (thread->state == L4_THREAD_WAITING_REPLY)
		reply_lose_caller(thread->waiting_on);
}

void thread_stop(struct thread *thread)
{
	bool was_waiting = thread->state != L4_THREAD_READY && thread->state != L4_THREAD_SUSPENDED && thread->state != L4_THREAD_WAITING_INTERRUPT;
	struct vcpu *vcpu = thread_vcpu(thread);
	if (vcpu && vcpu->wake.queued)
		time_queue_remove(domain_timers(vcpu->wake_domain), &vcpu->wake);
	if (thread->queue)
		queue_remove(thread);
	leave_call(thread);
	sched_block(thread, L4_THREAD_SUSPENDED);
	if (was_waiting)
		ipc_end_wait(thread, L4_CANCELLED);
	sched_block(thread, L4_THREAD_SUSPENDED);
}

static void unmap_buffer(struct thread *thread)
{
	struct vspace *space = thread->buffer_is_mapped ? vspace_find(thread->buffer_space, thread->buffer_generation) : NULL;
	if (space)
		vspace_unmap_object(space, thread->buffer_vaddr, thread_buffer(thread));
	thread->buffer_is_mapped = false;
}

void thread_destroy(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	thread_stop(thread);
	/* The reply object may be anywhere by now. */
	if (thread->borrowed)
		reply_return_time(thread->borrowed);
	unmap_buffer(thread);
	dying_ring_bequeath(&thread->dying);
	for (unsigned i = 0; i < L4_BIND_COUNT; i++)
		slot_delete_leaf(&thread->slots[i]);
	if (thread->time)
		sched_take_time(thread);
	fpu_drop(thread);
	if (cpu->current == thread)
		cpu->current = NULL;
	if (cpu->invoker == thread)
		cpu->invoker = NULL;
}

static void sched_context_lost(struct thread *thread, struct sched_context *sc)
{
	sc->home = NULL;
	if (thread->time == sc)
		sched_take_time(thread);
}

void thread_slot_lost(struct thread *thread, enum l4_bind which, const struct slot *old)
{
	switch (which) {
	case L4_BIND_NOTIFICATION:
		((struct notification *)slot_object(old))->bound = NULL;
		break;
	case L4_BIND_REPLY:
		if (thread->state == L4_THREAD_RECEIVING) {
			queue_remove(thread);
			ipc_end_wait(thread, L4_CANCELLED);
		}
		break;
	case L4_BIND_SCHED_CONTEXT:
		sched_context_lost(thread, slot_object(old));
		break;
	case L4_BIND_VCPU: {
		struct vcpu *vcpu = slot_object(old);
		if (vcpu->wake.queued)
			time_queue_remove(domain_timers(vcpu->wake_domain), &vcpu->wake);
		vcpu->thread = NULL;
		thread_stop(thread);
		arch_vcpu_detach(thread, vcpu);
		/* A guest has the floating-point unit without being asked. */
		if (!thread->fpu_allowed)
			fpu_drop(thread);
		break;
	}
	case L4_BIND_DOMAIN:
		if (thread->state == L4_THREAD_WAITING_INTERRUPT)
			vcpu_kick(thread_vcpu(thread));
		break;
	default:
		break;
	}
	thread_update_direct(thread);
	sched_refresh(thread);
}

/* What each of the thread's own slots takes: a type, and rights that the capability must have; the thread gets no others. */
static const struct {
	enum l4_type type;
	word_t rights;
	bool suspended_only;
} bindings[L4_BIND_COUNT] = {
	[L4_BIND_CNODE] = {L4_TYPE_CNODE, L4_READ | L4_WRITE, true},
	[L4_BIND_VSPACE] = {L4_TYPE_VSPACE, L4_WRITE, true},
	[L4_BIND_HANDLER] = {L4_TYPE_ENDPOINT, L4_WRITE, false},
	[L4_BIND_TIMEOUT_HANDLER] = {L4_TYPE_ENDPOINT, L4_WRITE, false},
	[L4_BIND_NOTIFICATION] = {L4_TYPE_NOTIFICATION, L4_READ, false},
	[L4_BIND_REPLY] = {L4_TYPE_REPLY, L4_WRITE, false},
	[L4_BIND_SCHED_CONTEXT] = {L4_TYPE_SCHED_CONTEXT, L4_WRITE, false},
	[L4_BIND_DOMAIN] = {L4_TYPE_DOMAIN, L4_WRITE, false},
	[L4_BIND_VCPU] = {L4_TYPE_VCPU, L4_WRITE, true},
};

/* In the place of an endpoint for faults the system capability may stand: see fault_raise. */
static bool is_bindable(word_t which, enum l4_type type)
{
	return type == bindings[which].type || (which == L4_BIND_HANDLER && type == L4_TYPE_SYSTEM);
}

static status_t decode_bind_time(struct thread *thread, const struct sched_context *sc)
{
	if (sc->home)
		return L4_BUSY;
	const struct domain *own = thread_domain(thread), *domain = sched_context_domain(sc);
	return !own || !domain || own == domain ? L4_OK : L4_INVALID_ARGUMENT;
}

/* The badge of a domain capability, if it has one, is the highest priority that it gives. */
static bool gives_priority(const struct slot *domain, word_t priority)
{
	return !domain->badge || priority <= domain->badge;
}

static status_t decode_bind_object(struct thread *thread, word_t which, const struct slot *source)
{
	if (!is_bindable(which, slot_type(source)))
		return L4_INVALID_CAP;
	if (!slot_has_rights(source, bindings[which].rights))
		return L4_NO_RIGHT;
	if (which != L4_BIND_REPLY && !slot_can_derive(source))
		return L4_TOO_DEEP;
	switch (which) {
	case L4_BIND_NOTIFICATION:
		return ((struct notification *)slot_object(source))->bound ? L4_BUSY : L4_OK;
	case L4_BIND_SCHED_CONTEXT:
		return decode_bind_time(thread, slot_object(source));
	case L4_BIND_VCPU:
		return ((struct vcpu *)slot_object(source))->thread ? L4_BUSY : L4_OK;
	case L4_BIND_VSPACE:
		return ((struct vspace *)slot_object(source))->stage == STAGE_PROCESS ? L4_OK : L4_INVALID_ARGUMENT;
	case L4_BIND_DOMAIN: /* another domain, or none, may have given it a priority */
		return gives_priority(source, thread->priority) ? L4_OK : L4_NO_RIGHT;
	default:
		return L4_OK;
	}
}

static status_t decode_bind_state(const struct thread *thread, word_t which)
{
	if (bindings[which].suspended_only && thread->state != L4_THREAD_SUSPENDED)
		return L4_BAD_STATE;
	if (which == L4_BIND_DOMAIN && (thread_is_active(thread) || thread->time || thread->borrowed))
		return L4_BAD_STATE;
	if (which == L4_BIND_SCHED_CONTEXT && thread->borrowed)
		return L4_BUSY;
	if (which == L4_BIND_REPLY && thread->state == L4_THREAD_RECEIVING)
		return L4_BUSY;
	return L4_OK;
}

static void connect(struct thread *thread, word_t which)
{
	void *object = slot_object(&thread->slots[which]);
	switch (which) {
	case L4_BIND_NOTIFICATION:
		((struct notification *)object)->bound = thread;
		break;
	case L4_BIND_SCHED_CONTEXT: {
		struct sched_context *sc = object;
		sc->home = thread;
		sc->abroad = sc->runner != NULL;
		if (!sc->runner && !thread->time)
			sched_give_time(sc, thread);
		break;
	}
	case L4_BIND_VCPU:
		((struct vcpu *)object)->thread = thread;
		arch_vcpu_attach(thread, object);
		break;
	default:
		break;
	}
	struct notification *notification = thread_notification(thread);
	if (notification && notification->bits) /* nobody waits for them there: perhaps the thread does, from now on */
		notification_signal(notification, 0);
	thread_update_direct(thread);
	sched_refresh(thread);
}

/* Reply capabilities are never copied: the thread's and the one in the caller's slot change places. */
static void exchange_reply(struct thread *thread, struct slot *source)
{
	slot_exchange(&thread->slots[L4_BIND_REPLY], source);
	thread_update_direct(thread);
}

status_t thread_bind(struct invocation *inv, const struct thread_bind_args *args)
{
	struct thread *thread = slot_object(inv->target);
	if (args->which >= L4_BIND_COUNT)
		return L4_INVALID_ARGUMENT;
	status_t status = decode_bind_state(thread, args->which);
	struct slot *source = NULL;
	if (status == L4_OK && args->cap) {
		source = thread_lookup(inv->thread, args->cap);
		if (!source)
			return L4_INVALID_CAP;
		if (!(args->which == L4_BIND_REPLY && slot_is_empty(source)))
			status = decode_bind_object(thread, args->which, source);
	}
	if (status != L4_OK)
		return status;
	if (args->which == L4_BIND_REPLY && source) {
		exchange_reply(thread, source);
		return L4_OK;
	}
	slot_delete_leaf(&thread->slots[args->which]);
	if (source) {
		slot_derive(source, &thread->slots[args->which], bindings[args->which].rights);
		connect(thread, args->which);
	}
	return L4_OK;
}

status_t thread_map_buffer(struct invocation *inv, const struct thread_map_buffer_args *args)
{
	struct thread *thread = slot_object(inv->target);
	struct vspace *space = thread_vspace(thread);
	if (args->vaddr == 0) {
		unmap_buffer(thread);
		return L4_OK;
	}
	if (!space)
		return L4_BAD_STATE;
	if (thread->buffer_is_mapped && vspace_find(thread->buffer_space, thread->buffer_generation))
		return L4_OCCUPIED;
	status_t status = vspace_map_object(space, args->vaddr, thread_buffer(thread));
	if (status != L4_OK)
		return status;
	thread->buffer_is_mapped = true;
	thread->buffer_vaddr = args->vaddr;
	thread->buffer_space = space->number;
	thread->buffer_generation = vspace_generation(space);
	return L4_OK;
}

status_t thread_set_priority(struct invocation *inv, const struct thread_set_priority_args *args)
{
	struct thread *thread = slot_object(inv->target);
	if (args->priority >= L4_PRIORITIES)
		return L4_INVALID_ARGUMENT;
	if (thread_domain(thread) && thread_domain(thread) != slot_object(args->domain))
		return L4_INVALID_ARGUMENT;
	if (!gives_priority(args->domain, args->priority))
		return L4_NO_RIGHT;
	sched_set_priority(thread, args->priority);
	return L4_OK;
}

status_t thread_set_fpu(struct invocation *inv, const struct thread_set_fpu_args *args)
{
	struct thread *thread = slot_object(inv->target);
	if (args->allowed > 1)
		return L4_INVALID_ARGUMENT;
	thread->fpu_allowed = args->allowed;
	if (!args->allowed)
		fpu_drop(thread);
	return L4_OK;
}

status_t thread_start(struct invocation *inv, const struct thread_start_args *args)
{
	struct thread *thread = slot_object(inv->target);
	if (!thread_can_run(thread))
		return L4_BAD_STATE;
	thread_stop(thread);
	arch_context_start(thread, args->pc, args->sp, args->argument, args->thread_pointer);
	thread->context_is_full = true;
	sched_make_ready(thread);
	return L4_OK;
}

status_t thread_suspend(struct invocation *inv)
{
	thread_stop(slot_object(inv->target));
	return L4_OK;
}

status_t thread_resume(struct invocation *inv)
{
	struct thread *thread = slot_object(inv->target);
	if (thread->state != L4_THREAD_SUSPENDED || !thread_can_run(thread))
		return L4_BAD_STATE;
	sched_make_ready(thread);
	return L4_OK;
}

static bool is_at_rest(const struct thread *thread)
{
	return thread->state == L4_THREAD_SUSPENDED || thread->fault;
}

status_t thread_read_registers(struct invocation *inv)
{
	const struct thread *thread = slot_object(inv->target);
	if (!is_at_rest(thread))
		return L4_BAD_STATE;
	for (unsigned i = 0; i < L4_REGISTERS_COUNT; i++)
		invocation_result(inv, i, arch_register_get(thread, i));
	return L4_OK;
}

status_t thread_write_registers(struct invocation *inv)
{
	struct thread *thread = slot_object(inv->target);
	if (inv->length == 0 || inv->length > L4_REGISTERS_COUNT)
		return L4_INVALID_ARGUMENT;
	if (!is_at_rest(thread))
		return L4_BAD_STATE;
	for (unsigned i = 0; i < inv->length; i++)
		arch_register_set(thread, i, invocation_word(inv, i));
	thread->context_is_full = true;
	return L4_OK;
}

static enum l4_thread visible_state(const struct thread *thread)
{
	if (thread->state == L4_THREAD_READY && thread->time && thread->time->waiting)
		return L4_THREAD_OUT_OF_BUDGET;
	return (enum l4_thread)thread->state;
}

status_t thread_info(struct invocation *inv)
{
	const struct thread *thread = slot_object(inv->target);
	sched_clock();
	invocation_result(inv, 0, visible_state(thread));
	invocation_result(inv, 1, thread->priority);
	invocation_result(inv, 2, thread->time ? thread->time->consumed : 0);
	return L4_OK;
}
