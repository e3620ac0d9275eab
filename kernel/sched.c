/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler: in a window (schedule.c) the domain's ready thread of the highest priority runs; equals take turns when they yield or are preempted.
 * The running thread is in no queue.
 */
#include <kernel/arch.h>
#include <kernel/check.h>
#include <kernel/device.h>
#include <kernel/domain_timers.h>
#include <kernel/print.h>
#include <kernel/sched.h>
#include <kernel/trace.h>
#include <kernel/vcpu.h>

struct domain boot_domain;
ticks_t sched_min_budget;

/* Whether the thread would run if it were its turn. */
static bool is_runnable(struct thread *thread)
{
	return thread->state == L4_THREAD_READY && thread->time && thread->time->count && !thread->time->waiting && thread_domain(thread) && thread_can_run(thread);
}

static void update_highest(struct cpu *cpu)
{
	cpu->highest_ready = PRIORITY_NONE;
	for (int i = L4_PRIORITIES / 64 - 1; i >= 0; i--) {
		word_t bits = cpu->domain->ready_bits[i];
		if (bits) {
			cpu->highest_ready = i * 64 + 63 - __builtin_clzl(bits);
			return;
		}
	}
}

static void ready_insert(struct thread *thread, bool first)
{
	struct domain *domain = thread->ready_in = thread_domain(thread);
	touched_thread(thread);
	struct thread **head = &domain->ready[thread->priority];
	if (*head) {
		thread->ready_next = *head;
		thread->ready_prev = (*head)->ready_prev;
		thread->ready_prev->ready_next = thread;
		(*head)->ready_prev = thread;
		if (first)
			*head = thread;
	} else {
		thread->ready_next = thread->ready_prev = thread;
		*head = thread;
		domain->ready_bits[thread->priority / 64] |= 1UL << thread->priority % 64;
	}
	struct cpu *cpu = cpu_self();
	if (domain == cpu->domain && thread->priority > cpu->highest_ready)
		cpu->highest_ready = thread->priority;
}

static void ready_remove(struct thread *thread)
{
	struct domain *domain = thread->ready_in;
	touched_thread(thread->ready_next);
	struct thread **head = &domain->ready[thread->priority];
	if (thread->ready_next == thread) {
		*head = NULL;
		domain->ready_bits[thread->priority / 64] &= ~(1UL << thread->priority % 64);
	} else {
		thread->ready_next->ready_prev = thread->ready_prev;
		thread->ready_prev->ready_next = thread->ready_next;
		if (*head == thread)
			*head = thread->ready_next;
	}
	thread->ready_next = thread->ready_prev = NULL;
	if (domain == cpu_self()->domain)
		update_highest(cpu_self());
}

void sched_withdraw(struct thread *thread)
{
	if (thread->ready_next)
		ready_remove(thread);
}

void sched_refresh(struct thread *thread)
{
	touched_thread(thread);
	if (thread->state != L4_THREAD_READY && !thread->ready_next)
		return;
	bool wanted = thread != cpu_self()->current && is_runnable(thread);
	if (wanted && !thread->ready_next)
		ready_insert(thread, false);
	else if (!wanted && thread->ready_next)
		ready_remove(thread);
}

void sched_make_ready(struct thread *thread)
{
	thread->state = L4_THREAD_READY;
	sched_refresh(thread);
}

void sched_make_ready_next(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	touched_thread(thread);
	bool stopped = !cpu->current || cpu->current->state != L4_THREAD_READY;
	thread->state = L4_THREAD_READY;
	if (stopped && thread->priority >= cpu->highest_ready && thread_domain(thread) == cpu->domain && is_runnable(thread))
		cpu->current = thread;
	else
		sched_refresh(thread);
}

void sched_block(struct thread *thread, enum l4_thread state)
{
	thread->state = state;
	thread_update_direct(thread);
	sched_withdraw(thread);
}

void sched_give_time(struct sched_context *time, struct thread *to)
{
	KERNEL_ASSERT(!to->time && !time->runner, to);
	to->time = time;
	time->runner = to;
	if (to == time->home)
		time->abroad = false;
	thread_update_direct(to);
	sched_refresh(to);
}

struct sched_context *sched_take_time(struct thread *thread)
{
	struct sched_context *time = thread->time;
	if (!time)
		return NULL;
	thread->time = NULL;
	time->runner = NULL;
	thread_update_direct(thread);
	sched_refresh(thread);
	return time;
}

void sched_set_priority(struct thread *thread, unsigned priority)
{
	sched_withdraw(thread);
	thread->priority = priority;
	thread_update_direct(thread);
	sched_refresh(thread);
}

void sched_yield(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	if (thread != cpu->current || cpu->highest_ready < thread->priority)
		return;
	cpu->current = NULL;
	sched_refresh(thread);
}

/* The sched_context is spent: it waits for its next refill. */
static void exhaust(struct sched_context *sc)
{
	sc->waiting = true;
	time_queue_insert(&sched_context_domain(sc)->replenishments, &sc->replenishment, sched_context_next_refill(sc));
	struct thread *runner = sc->runner;
	if (!runner)
		return;
	sched_refresh(runner);
	if (runner->state == L4_THREAD_READY)
		fault_timeout(runner);
}

/* Charged once more, by the rest of the kernel entry that exhausted it, it waits longer. */
static void put_off(struct sched_context *sc)
{
	struct time_queue *queue = &sched_context_domain(sc)->replenishments;
	time_queue_remove(queue, &sc->replenishment);
	time_queue_insert(queue, &sc->replenishment, sched_context_next_refill(sc));
}

static void charge(struct cpu *cpu, ticks_t now)
{
	struct sched_context *sc = cpu->charging;
	if (!sc)
		return;
	sched_context_charge(sc, now, now - cpu->charged_until);
	cpu->charged_until = now;
	if (sc->waiting)
		put_off(sc);
	else if (!budget_left(sc, now))
		exhaust(sc);
}

/* Events handled in one go; the clock interrupts again at once for the others. */
#define EVENTS_AT_ONCE 16

static void replenish(struct time_node *node)
{
	struct sched_context *sc = container_of(node, struct sched_context, replenishment);
	sc->waiting = false;
	if (sc->runner)
		sched_refresh(sc->runner);
}

static void fire_due(struct time_queue *queue, ticks_t now)
{
	for (unsigned n = 0; n < EVENTS_AT_ONCE && time_queue_first(queue) <= now; n++) {
		struct time_node *node = queue->first;
		time_queue_remove(queue, node);
		if (node->kind == TIME_REPLENISHMENT)
			replenish(node);
		else if (node->kind == TIME_TIMER)
			timer_fire(container_of(node, struct timer, node));
		else
			vcpu_wake_due(container_of(node, struct vcpu, wake));
	}
}

static void fire_due_of(struct domain *domain, ticks_t now)
{
	fire_due(&domain->replenishments, now);
	fire_due(domain_timers(domain), now);
}

void sched_clock(void)
{
	struct cpu *cpu = cpu_self();
	ticks_t now = arch_now();
	charge(cpu, now);
	if (now >= cpu->place.end)
		cpu->place.over = true;
	fire_due_of(cpu->place.domain, now);
	if (cpu->domain != cpu->place.domain)
		fire_due_of(cpu->domain, now);
}

static ticks_t earlier(ticks_t a, ticks_t b)
{
	return a < b ? a : b;
}

static ticks_t first_of(struct domain *domain)
{
	return earlier(time_queue_first(domain_timers(domain)), time_queue_first(&domain->replenishments));
}

static void program_timer(struct cpu *cpu)
{
	ticks_t deadline = earlier(cpu->place.end, first_of(cpu->place.domain));
	if (cpu->domain != cpu->place.domain)
		deadline = earlier(deadline, first_of(cpu->domain));
	if (cpu->charging) {
		ticks_t left = budget_left(cpu->charging, cpu->charged_until);
		if (left < TICKS_NEVER - cpu->charged_until)
			deadline = earlier(deadline, cpu->charged_until + left);
	}
	arch_timer_set(deadline);
}

/* The first thread of the highest priority leaves its queue. Precondition: there is one. */
static struct thread *take_highest(struct cpu *cpu)
{
	struct thread *thread = cpu->domain->ready[cpu->highest_ready];
	ready_remove(thread);
	return thread;
}

/* The time of another sched_context begins to run. It may have none left, and the one before may have run out: choose again. */
static void settle(struct cpu *cpu, struct sched_context *time)
{
	ticks_t now = arch_now();
	charge(cpu, now);
	cpu->charging = time;
	cpu->charged_until = now;
	if (time && !time->waiting && !budget_left(time, now))
		exhaust(time);
}

void sched_enter_domain(struct cpu *cpu, struct domain *domain)
{
	settle(cpu, NULL);
	struct thread *current = cpu->current;
	cpu->current = NULL;
	cpu->domain = domain;
	update_highest(cpu);
	if (current && is_runnable(current))
		ready_insert(current, true);
}

static bool has_ready(const struct domain *domain)
{
	for (unsigned i = 0; i < L4_PRIORITIES / 64; i++) {
		if (domain->ready_bits[i])
			return true;
	}
	return false;
}

/* The window's own, and while nobody of that is ready the slack. */
static void choose_domain(struct cpu *cpu)
{
	struct domain *slack = slot_object_or_null(&cpu->place.table->slack);
	if (!slack)
		return;
	bool runs = cpu->current && cpu->domain == cpu->place.domain;
	struct domain *domain = runs || has_ready(cpu->place.domain) ? cpu->place.domain : slack;
	if (domain != cpu->domain)
		sched_enter_domain(cpu, domain);
}

/* Makes the right thread current; null where there is none. */
static struct thread *choose(struct cpu *cpu)
{
	if (cpu->current && !is_runnable(cpu->current))
		cpu->current = NULL;
	if (cpu->place.table)
		choose_domain(cpu);
	struct thread *current = cpu->current;
	if (cpu->highest_ready == PRIORITY_NONE || (current && current->priority >= cpu->highest_ready))
		return current;
	struct thread *next = take_highest(cpu);
	cpu->current = next;
	if (current)
		ready_insert(current, true);
	return next;
}

void sched_exit(void)
{
	struct cpu *cpu = cpu_self();
	for (;;) {
		if (cpu->place.over)
			schedule_switch(cpu);
		struct thread *next = choose(cpu);
		struct sched_context *time = next ? next->time : NULL;
		if (cpu->charging != time) {
			settle(cpu, time);
			continue;
		}
		program_timer(cpu);
		check_step();
		trace_run(next);
		if (next)
			arch_resume(next);
		arch_idle();
	}
}
