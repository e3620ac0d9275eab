/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/arch.h>
#include <kernel/device.h>
#include <kernel/dispatch.h>
#include <kernel/domain_timers.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>

void timer_init(struct timer *timer)
{
	slot_init(&timer->notification, L4_HOLDER_TIMER, 0);
	timer->node.kind = TIME_TIMER;
}

static bool disarm(struct timer *timer)
{
	if (!timer->node.queued)
		return false;
	time_queue_remove(domain_timers(timer->domain), &timer->node);
	return true;
}

void timer_fire(struct timer *timer)
{
	notification_signal_slot(&timer->notification);
}

void timer_slot_lost(struct timer *timer)
{
	disarm(timer);
}

void timer_destroy(struct timer *timer)
{
	disarm(timer);
	slot_delete_leaf(&timer->notification);
}

status_t timer_bind(struct invocation *inv, const struct timer_bind_args *args)
{
	struct timer *timer = slot_object(inv->target);
	if (args->notification && !slot_can_derive(args->notification))
		return L4_TOO_DEEP;
	disarm(timer);
	slot_delete_leaf(&timer->notification);
	if (args->notification)
		slot_derive(args->notification, &timer->notification, L4_ALL_RIGHTS);
	return L4_OK;
}

status_t timer_arm(struct invocation *inv, const struct timer_arm_args *args)
{
	struct timer *timer = slot_object(inv->target);
	struct domain *domain = thread_domain(inv->thread);
	if (slot_is_empty(&timer->notification) || !domain)
		return L4_BAD_STATE;
	disarm(timer);
	timer->domain = domain;
	if (args->deadline <= arch_now())
		timer_fire(timer);
	else
		time_queue_insert(domain_timers(domain), &timer->node, args->deadline);
	return L4_OK;
}

status_t timer_cancel(struct invocation *inv)
{
	invocation_result(inv, 0, disarm(slot_object(inv->target)));
	return L4_OK;
}
