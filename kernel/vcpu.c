/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/dispatch.h>
#include <kernel/domain_timers.h>
#include <kernel/entry.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>

void vcpu_init(struct vcpu *vcpu)
{
	for (unsigned i = 0; i < VCPU_SLOTS; i++)
		slot_init(&vcpu->slots[i], L4_HOLDER_VCPU, i);
	vcpu->wake.kind = TIME_VCPU;
	arch_vcpu_init(vcpu);
}

/* Its thread holds a capability that was derived from the one that dies, so it has let go already. */
void vcpu_destroy(struct vcpu *vcpu)
{
	for (unsigned i = 0; i < VCPU_SLOTS; i++)
		slot_delete_leaf(&vcpu->slots[i]);
	arch_vcpu_destroy(vcpu);
}

void vcpu_slot_lost(struct vcpu *vcpu, enum vcpu_slot which)
{
	if (which == VCPU_SLOT_SPACE && vcpu->thread)
		thread_stop(vcpu->thread);
}

/* --- Waiting for interrupts --- */

static void end_wait(struct vcpu *vcpu)
{
	if (vcpu->wake.queued)
		time_queue_remove(domain_timers(vcpu->wake_domain), &vcpu->wake);
	sched_make_ready(vcpu->thread);
}

void vcpu_wait_for_interrupt(struct thread *thread)
{
	struct vcpu *vcpu = thread_vcpu(thread);
	ticks_t deadline = arch_vcpu_deadline(vcpu);
	if (arch_vcpu_interrupt_pending(vcpu) || deadline <= arch_now())
		return;
	if (deadline != TICKS_NEVER) {
		vcpu->wake_domain = thread_domain(thread);
		time_queue_insert(domain_timers(vcpu->wake_domain), &vcpu->wake, deadline);
	}
	sched_block(thread, L4_THREAD_WAITING_INTERRUPT);
}

void vcpu_wake_due(struct vcpu *vcpu)
{
	arch_vcpu_timer_due(vcpu);
	end_wait(vcpu);
}

void vcpu_kick(struct vcpu *vcpu)
{
	if (vcpu->thread && vcpu->thread->state == L4_THREAD_WAITING_INTERRUPT)
		end_wait(vcpu);
}

/* --- Hypercalls --- */

static const struct slot *guest_slot(struct thread *thread, word_t index)
{
	const struct slot *cnode = &thread_vcpu(thread)->slots[VCPU_SLOT_CNODE];
	return index < cnode->badge ? (struct slot *)slot_object(cnode) + index : NULL;
}

void vcpu_hypercall_directly(struct thread *thread, word_t index, const word_t *words, word_t length)
{
	const struct slot *target = guest_slot(thread, index);
	if (target)
		fastpath_fault(thread, target, L4_FAULT_GUEST_HYPERCALL, length, words);
}

status_t vcpu_hypercall(struct thread *thread, word_t index, const word_t *words, word_t length, bool *done)
{
	const struct slot *target = guest_slot(thread, index);
	*done = false;
	if (!target || (slot_type(target) != L4_TYPE_ENDPOINT && slot_type(target) != L4_TYPE_NOTIFICATION))
		return L4_INVALID_CAP;
	if (!slot_has_rights(target, L4_WRITE))
		return L4_NO_RIGHT;
	if (slot_type(target) == L4_TYPE_NOTIFICATION) {
		notification_signal_slot(target);
		*done = true;
		return L4_OK;
	}
	thread->fault = 1 + L4_FAULT_GUEST_HYPERCALL;
	copy_message(arch_message(thread), words);
	ipc_call(thread, target, l4_tag(L4_FAULT_GUEST_HYPERCALL, length));
	return L4_OK;
}

/* --- Operations --- */

static bool is_entered(const struct vcpu *vcpu)
{
	return vcpu->thread && vcpu->thread->state == L4_THREAD_READY;
}

static status_t set_slot(struct vcpu *vcpu, enum vcpu_slot which, struct slot *source)
{
	if (is_entered(vcpu))
		return L4_BUSY;
	if (!slot_can_derive(source))
		return L4_TOO_DEEP;
	slot_delete_leaf(&vcpu->slots[which]);
	slot_derive(source, &vcpu->slots[which], L4_ALL_RIGHTS);
	return L4_OK;
}

status_t vcpu_set_space(struct invocation *inv, const struct vcpu_set_space_args *args)
{
	if (((struct vspace *)slot_object(args->vspace))->stage != STAGE_GUEST)
		return L4_INVALID_ARGUMENT;
	return set_slot(slot_object(inv->target), VCPU_SLOT_SPACE, args->vspace);
}

status_t vcpu_set_cnode(struct invocation *inv, const struct vcpu_set_cnode_args *args)
{
	return set_slot(slot_object(inv->target), VCPU_SLOT_CNODE, args->cnode);
}

status_t vcpu_read_register(struct invocation *inv, const struct vcpu_read_register_args *args)
{
	word_t value;
	if (!arch_vcpu_read(slot_object(inv->target), args->reg, &value))
		return L4_INVALID_ARGUMENT;
	invocation_result(inv, 0, value);
	return L4_OK;
}

status_t vcpu_write_register(struct invocation *inv, const struct vcpu_write_register_args *args)
{
	struct vcpu *vcpu = slot_object(inv->target);
	if (!arch_vcpu_write(vcpu, args->reg, args->value))
		return L4_INVALID_ARGUMENT;
	vcpu_kick(vcpu);
	return L4_OK;
}

status_t vcpu_set_line(struct invocation *inv, const struct vcpu_set_line_args *args)
{
	struct vcpu *vcpu = slot_object(inv->target);
	if (!arch_vcpu_line_is_valid(args->line) || args->level > 1)
		return L4_INVALID_ARGUMENT;
	arch_vcpu_set_line(vcpu, args->line, args->level);
	if (args->level)
		vcpu_kick(vcpu);
	return L4_OK;
}

status_t vcpu_set_timer(struct invocation *inv, const struct vcpu_set_timer_args *args)
{
	struct vcpu *vcpu = slot_object(inv->target);
	arch_vcpu_set_timer(vcpu, args->deadline);
	vcpu_kick(vcpu);
	return L4_OK;
}
