/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/cpu.h>
#include <kernel/thread.h>
#include <kernel/time_queue.h>

/*
 * A partition as the scheduler sees it. A ready thread other than the current one is in ready[its priority];
 * bit p of ready_bits is set exactly when ready[p] is not empty.
 */
struct domain {
	struct thread *ready[L4_PRIORITIES];
	word_t ready_bits[L4_PRIORITIES / 64];
	struct time_queue timers;         /* timers, and the guests' timers of waiting vcpus */
	struct time_queue replenishments; /* sched_contexts that wait for budget */
	struct irq_line *lines;           /* that interrupt only in its windows */
};

_Static_assert(sizeof(struct domain) <= PAGE_SIZE, "size of a domain object");
#define DOMAIN_BITS L4_PAGE_BITS

struct refill {
	ticks_t when;
	ticks_t amount;
};

/*
 * A sporadic server. The refills are in order of `when`: the first is what is being spent, each other becomes usable at its time.
 * Their amounts add up to `budget`. Invariant: `waiting` <=> it is in its domain's replenishments.
 */
struct sched_context {
	ticks_t budget;
	ticks_t period;
	ticks_t consumed;
	struct thread *home;   /* in whose SCHED_CONTEXT slot it is */
	struct thread *runner; /* that runs on it now; null where nobody may */
	struct slot domain;    /* of its threads; empty before it is configured, and when that is deleted */
	struct time_node replenishment;
	bool waiting;
	bool abroad;           /* somebody else ran on it when it got its home, and it has not been there yet */
	unsigned first;
	unsigned count;
	struct refill refills[L4_REFILLS_MAX];
};

_Static_assert(sizeof(struct sched_context) <= 512, "size of a sched_context object");
#define SCHED_CONTEXT_BITS 9

static inline struct domain *sched_context_domain(const struct sched_context *sc)
{
	return slot_object_or_null(&sc->domain);
}

/* The least budget, in ticks: 10 us, several kernel entries' worth, so that a refill can do something. Set at boot. */
extern ticks_t sched_min_budget;
#define SCHED_MIN_BUDGETS_PER_SECOND 100000

extern struct domain boot_domain;

/* Makes the thread READY and lets it compete. Needs nothing: without time or domain it stays out of the queues until it has both. */
void sched_make_ready(struct thread *thread);

/* Puts the thread into its ready queue or takes it out, as its state, time and domain say. To be called after any change of these. */
void sched_refresh(struct thread *thread);

/* Takes the thread out of its ready queue, before what the queue depends on (priority, domain) changes. */
void sched_withdraw(struct thread *thread);

/*
 * The same, for a thread that others have waited for: if the current thread has stopped and nobody who is ready comes before it, it becomes
 * the current thread without a way through the queue.
 */
void sched_make_ready_next(struct thread *thread);

/* Takes the thread out of the competition and gives it a state other than READY. */
void sched_block(struct thread *thread, enum l4_thread state);

/* Moves time that the thread may run on. `to` must have none. Does not touch home or borrowed. */
void sched_give_time(struct sched_context *time, struct thread *to);

/* Takes the thread's time away. */
struct sched_context *sched_take_time(struct thread *thread);

/* Lets the others of the same priority go first. */
void sched_yield(struct thread *thread);

void sched_set_priority(struct thread *thread, unsigned priority);

/* Charges the time that passed since, fires due timers and replenishments of the current window. */
void sched_clock(void);

/* The threads of this domain run from now on; nobody is current. */
void sched_enter_domain(struct cpu *cpu, struct domain *domain);

/* Leaves the kernel for the thread whose turn it is. Idles until there is one. */
NORETURN void sched_exit(void);

/* Sporadic server (sched_context.c, budget.c). */
void sched_context_init(struct sched_context *sc);
void sched_context_destroy(struct sched_context *sc);
void sched_context_slot_lost(struct sched_context *sc, struct domain *domain);
/* Pays `used` ticks and plans their return. */
void sched_context_charge(struct sched_context *sc, ticks_t now, ticks_t used);
/* Ticks that may be used from `now` on without a pause; 0: out of budget. */
ticks_t budget_left(const struct sched_context *sc, ticks_t now);
/* When budget is there again. */
ticks_t sched_context_next_refill(const struct sched_context *sc);

/* Where the scheduler leaves a thread whose sched_context has run out (fault.c): tells its timeout handler if it has one. */
void fault_timeout(struct thread *thread);
