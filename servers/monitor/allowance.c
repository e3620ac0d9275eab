/* SPDX-License-Identifier: BSD-2-Clause */
#include "allowance.h"

#include <l4/debug.h>
#include <l4/stubs.h>
#include <l4/time.h>

#include "overruns.h"
#include "schedules.h"

#define SHARES SYSTEM_PARTITIONS_MAX /* of the monitor's budget; one more than there are other partitions */
#define DEBT_PERIODS_MAX 50          /* a program that had a partition rebuilt is heard again after so long, however slow the machine is */

static struct part *client; /* for whom the monitor works */
static l4_word_t used;      /* ticks that the monitor had used when it began to */

static const struct partition *own(void)
{
	return monitor.part[SYSTEM_MONITOR].description;
}

/* That the monitor can count on, in us. */
static struct share {
	l4_word_t budget;
	l4_word_t period;
} share(void)
{
	struct share share;
	schedules_own_share(&share.budget, &share.period);
	return (struct share){share.budget / 1000, share.period / 1000};
}

static l4_word_t period(void)
{
	return process_ticks(l4_startup(), share().period * 1000);
}

static l4_word_t own_time(void)
{
	l4_word_t consumed = 0;
	L4_REQUIRE(l4_thread_info(L4_SLOT_THREAD, NULL, NULL, &consumed));
	return consumed;
}

/* Takes away all copies of it, the program's own too, and what tells of its overruns. Those that wait to be received still are. */
static void cut_off(struct part *part)
{
	bool is_above = part->description->priority >= own()->priority;
	if (part->state != PART_RUNNING || part->is_cut_off || (is_above && !overruns_are_heard(part)))
		return;
	if (!is_above)
		L4_REQUIRE(l4_cnode_revoke(L4_SLOT_CNODE, part->monitor_cap));
	overruns_ignore(part);
	part->is_cut_off = true;
}

/* A program that has put something else into the slot does without. */
static void give_back(struct part *part)
{
	part->is_cut_off = false;
	if (part->state != PART_RUNNING)
		return;
	overruns_hear(part);
	if (part->description->priority < own()->priority)
		l4_cnode_copy(part->program.cnode, part->monitor_slot, L4_SLOT_CNODE, part->monitor_cap, L4_WRITE);
}

void allowance_forgive(struct part *part)
{
	if (part->is_cut_off)
		give_back(part);
}

/* How long a share takes to pay for it. */
static l4_word_t time_to_pay(l4_word_t ticks)
{
	l4_word_t shares = ticks * SHARES;
	struct share own = share();
	return shares * (own.period / own.budget) + shares * (own.period % own.budget) / own.budget;
}

/* part.paid_until is when a program has paid all, at its share of each period. It may be one period ahead, which is that share. */
static void charge(struct part *part, l4_word_t ticks)
{
	l4_word_t now = l4_now();
	if (part->paid_until < now) {
		part->paid_until = now;
		part->unpaid = 0;
	}
	part->unpaid++;
	part->paid_until += time_to_pay(ticks);
	if (part->paid_until > now + DEBT_PERIODS_MAX * period())
		part->paid_until = now + DEBT_PERIODS_MAX * period();
	if (part->paid_until > now + period() && part->unpaid > ALLOWANCE_MESSAGES)
		cut_off(part);
}

void allowance_begin(struct part *part)
{
	if (client)
		charge(client, own_time() - used);
	client = part;
	if (client)
		used = own_time();
}

/* Half of its share is back then. */
static l4_word_t return_time(const struct part *part)
{
	return part->paid_until - period() / 2;
}

void allowance_refill(void)
{
	for (unsigned int i = 0; i < monitor.count; i++)
		if (monitor.part[i].is_cut_off && return_time(&monitor.part[i]) <= l4_now())
			give_back(&monitor.part[i]);
}

l4_word_t allowance_next(void)
{
	l4_word_t next = 0;
	for (unsigned int i = 0; i < monitor.count; i++) {
		const struct part *part = &monitor.part[i];
		if (part->is_cut_off && (next == 0 || return_time(part) < next))
			next = return_time(part);
	}
	return next;
}
