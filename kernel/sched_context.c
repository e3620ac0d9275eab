/* SPDX-License-Identifier: BSD-2-Clause */
/* Sporadic servers: what a sched_context has used comes back one period after it began to use it. */
#include <kernel/arch.h>
#include <kernel/dispatch.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>

/* Less than this is not worth a switch: it is added to the next refill. */
#define FRAGMENT 20

void sched_context_init(struct sched_context *sc)
{
	*sc = (struct sched_context){0};
	sc->replenishment.kind = TIME_REPLENISHMENT;
	slot_init(&sc->domain, L4_HOLDER_SCHED_CONTEXT, 0);
}

static struct refill *refill_at(struct sched_context *sc, unsigned position)
{
	return &sc->refills[(sc->first + position) % L4_REFILLS_MAX];
}

static void refill_pop(struct sched_context *sc)
{
	sc->first = (sc->first + 1) % L4_REFILLS_MAX;
	sc->count--;
}

static void refill_append(struct sched_context *sc, ticks_t when, ticks_t amount)
{
	struct refill *last = sc->count ? refill_at(sc, sc->count - 1) : NULL;
	if (last && (sc->count == L4_REFILLS_MAX || last->when + last->amount >= when)) {
		if (sc->count == L4_REFILLS_MAX)
			last->when = when;
		last->amount += amount;
		return;
	}
	*refill_at(sc, sc->count) = (struct refill){when, amount};
	sc->count++;
}

static void join_fragments(struct sched_context *sc)
{
	while (sc->count > 1 && sc->refills[sc->first].amount < FRAGMENT) {
		ticks_t amount = sc->refills[sc->first].amount;
		refill_pop(sc);
		refill_at(sc, 0)->amount += amount;
	}
}

/* A server that begins to run late cannot save up: its refill begins now, with those that it overlaps. */
static void begin(struct sched_context *sc, ticks_t now)
{
	struct refill *first = refill_at(sc, 0);
	if (first->when >= now)
		return;
	first->when = now;
	while (sc->count > 1 && refill_at(sc, 1)->when <= first->when + first->amount) {
		ticks_t amount = first->amount;
		refill_pop(sc);
		first = refill_at(sc, 0);
		first->when = now;
		first->amount += amount;
	}
}

void sched_context_charge(struct sched_context *sc, ticks_t now, ticks_t used)
{
	sc->consumed += used;
	if (!sc->count || sc->budget == sc->period)
		return;
	begin(sc, now - used);
	/* More than the whole budget cannot be owed: the sum of all refills is the budget. */
	for (unsigned n = 0; used && n < 2 * L4_REFILLS_MAX; n++) {
		struct refill *first = refill_at(sc, 0);
		ticks_t amount = used < first->amount ? used : first->amount;
		ticks_t back = first->when + sc->period;
		first->when += amount;
		first->amount -= amount;
		used -= amount;
		if (!first->amount)
			refill_pop(sc);
		refill_append(sc, back, amount);
	}
	join_fragments(sc);
}

ticks_t sched_context_next_refill(const struct sched_context *sc)
{
	return sc->count ? sc->refills[sc->first].when : TICKS_NEVER;
}

void sched_context_destroy(struct sched_context *sc)
{
	if (sc->runner) {
		struct thread *runner = sc->runner;
		if (runner->borrowed) {
			runner->borrowed->borrower = NULL;
			runner->borrowed = NULL;
		}
		sched_take_time(runner);
	}
	slot_delete_leaf(&sc->domain);
	if (cpu_self()->charging == sc)
		cpu_self()->charging = NULL;
}

/* Nobody runs on it until it is configured again. */
void sched_context_slot_lost(struct sched_context *sc, struct domain *domain)
{
	if (sc->waiting)
		time_queue_remove(&domain->replenishments, &sc->replenishment);
	sc->waiting = false;
	sc->count = 0;
	if (sc->runner)
		sched_refresh(sc->runner);
}

/* Without a domain a thread cannot run, and cannot get one as long as it has time. */
static bool is_of(struct thread *thread, const struct domain *domain)
{
	return !thread || !thread_domain(thread) || thread_domain(thread) == domain;
}

status_t sched_context_configure(struct invocation *inv, const struct sched_context_configure_args *args)
{
	struct sched_context *sc = slot_object(inv->target);
	if (args->budget < sched_min_budget || args->budget > args->period || args->period > TICKS_NEVER >> 2)
		return L4_INVALID_ARGUMENT;
	if (!is_of(sc->home, slot_object(args->domain)) || !is_of(sc->runner, slot_object(args->domain)))
		return L4_INVALID_ARGUMENT;
	if (!slot_can_derive(args->domain))
		return L4_TOO_DEEP;
	sched_clock();
	slot_delete_leaf(&sc->domain);
	slot_derive(args->domain, &sc->domain, L4_ALL_RIGHTS);
	sc->budget = args->budget;
	sc->period = args->period;
	sc->first = 0;
	sc->count = 1;
	sc->refills[0] = (struct refill){arch_now(), args->budget};
	if (sc->runner)
		sched_refresh(sc->runner);
	return L4_OK;
}

status_t sched_context_info(struct invocation *inv)
{
	struct sched_context *sc = slot_object(inv->target);
	sched_clock();
	ticks_t now = arch_now();
	invocation_result(inv, 0, sc->consumed);
	invocation_result(inv, 1, sc->count ? budget_left(sc, now) : 0);
	invocation_result(inv, 2, sched_context_next_refill(sc));
	return L4_OK;
}
