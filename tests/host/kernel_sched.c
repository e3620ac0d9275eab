/* SPDX-License-Identifier: BSD-2-Clause */
/* Who runs, for how long, and in what order: time passes only where the test lets it pass, up to the next interrupt of the clock at most. */
#include <kernel_driver.h>
#include <kernel/device.h>
#include <kernel/ipc.h>

#include <stdio.h>

#define THREADS 8
#define THREAD_SLOT(t) (FIRST_SLOT + 2 * (t))
#define NOTIFICATION (FIRST_SLOT + 50)
#define ROOT_NOTIFICATION (FIRST_SLOT + 51)
#define ROOT_LINE (FIRST_SLOT + 52)
#define TIMER (FIRST_SLOT + 53)
#define TIMER_NOTIFICATION (FIRST_SLOT + 54)
#define USES_MAX 4096

struct use {
	ticks_t start, end;
};

static struct thread *threads[THREADS];
static struct {
	ticks_t budget, period; /* equal: the whole processor */
	struct use uses[USES_MAX];
	unsigned use_count;
} servers[THREADS];
static unsigned switches, idles, ends_of_budget;
static const struct thread *ran_last;

static int number_of(const struct thread *thread)
{
	for (int t = 0; t < THREADS; t++) {
		if (threads[t] == thread)
			return t;
	}
	return -1;
}

static struct sched_context *time_of(int t)
{
	return slot_object(root_slot(THREAD_SLOT(t) + 1));
}

static bool is_runnable(int t)
{
	return threads[t]->state == L4_THREAD_READY && threads[t]->time && !threads[t]->time->waiting;
}

/* --- Checks after each entry --- */

static void check_choice(void)
{
	const struct thread *current = cpu_self()->current;
	for (int t = 0; t < THREADS; t++)
		EXPECT_TRUE(!is_runnable(t) || (current && threads[t]->priority <= current->priority));
	if (current && current != root) {
		EXPECT_TRUE(is_runnable(number_of(current)));
		EXPECT_TRUE(budget_left(current->time, machine.now) > 0);
	}
	switches += current != ran_last;
	idles += !current;
	ran_last = current;
}

/* The clock interrupts in time for the end of the budget, and for whoever waits for his. */
static void check_deadline(void)
{
	const struct thread *current = cpu_self()->current;
	ticks_t left = current ? budget_left(current->time, machine.now) : TICKS_NEVER;
	EXPECT_TRUE(left == TICKS_NEVER || machine.deadline <= machine.now + left);
	for (int t = 0; t < THREADS; t++)
		EXPECT_TRUE(!time_of(t)->waiting || machine.deadline <= sched_context_next_refill(time_of(t)));
	const struct timer *timer = slot_object(root_slot(TIMER));
	EXPECT_TRUE(!timer->node.queued || machine.deadline <= timer->node.when);
}

static void check(void)
{
	check_choice();
	check_deadline();
}

static void note_use(int t, ticks_t start, ticks_t end)
{
	if (t < 0 || start == end || servers[t].budget == servers[t].period)
		return;
	struct use *uses = servers[t].uses;
	unsigned n = servers[t].use_count++;
	uses[n % USES_MAX] = (struct use){start, end};
	ticks_t sum = 0, from = end - servers[t].period;
	for (unsigned i = 0; i < USES_MAX && i <= n && uses[(n - i) % USES_MAX].end > from; i++) {
		const struct use *use = &uses[(n - i) % USES_MAX];
		sum += use->end - (use->start > from ? use->start : from);
	}
	EXPECT_TRUE(sum <= servers[t].budget);
}

/* --- Time --- */

static void pass(ticks_t ticks)
{
	while (ticks) {
		ticks_t until = machine.now + ticks < machine.deadline ? machine.now + ticks : machine.deadline;
		note_use(number_of(cpu_self()->current), machine.now, until);
		ticks -= until - machine.now;
		machine.now = until;
		if (machine.now < machine.deadline)
			continue;
		const struct thread *before = cpu_self()->current;
		enter_interrupt();
		ends_of_budget += before && before->time && before->time->waiting;
		check();
		EXPECT_TRUE(machine.deadline > machine.now);
	}
}

/* --- Steps --- */

static void system_call(int64_t number, word_t cap, word_t tag, word_t word0, word_t word1)
{
	word_t words[L4_MESSAGE_REGISTERS] = {word0, word1};
	enter_syscall(number, cap, tag, words);
	check();
}

static void operate(word_t cap, word_t label, word_t word0, word_t word1)
{
	system_call(L4_SYS_CALL, cap, l4_tag(label, 2), word0, word1);
}

static void configure(int t)
{
	servers[t].budget = sched_min_budget + pick(1000);
	servers[t].period = chance(20) ? servers[t].budget : servers[t].budget * (1 + pick(10)) + pick(100);
	EXPECT_EQ(L4_OK, call(THREAD_SLOT(t) + 1, L4_OP_SCHED_CONTEXT_CONFIGURE, L4_BOOT_DOMAIN, servers[t].budget, servers[t].period));
	servers[t].use_count = 0;
}

/* Root comes in between, as for the boot's servers: by its interrupt. */
static void step_root(void)
{
	EXPECT_TRUE(enter_line(1) && cpu_self()->current == root);
	EXPECT_EQ(L4_OK, call(ROOT_LINE, L4_OP_IRQ_HANDLER_ACK));
	int t = pick(THREADS);
	switch (pick(5)) {
	case 0:
		EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_SUSPEND));
		break;
	case 1:
		EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_START, 0x10000, 0, 0, 0));
		break;
	case 2:
		EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_SET_PRIORITY, L4_BOOT_DOMAIN, 10 + pick(3)));
		break;
	case 3:
		configure(t);
		break;
	default:
		for (int other = 0; other < THREADS; other++)
			(void)call(THREAD_SLOT(other), L4_OP_THREAD_RESUME);
	}
	system_call(L4_SYS_RECV, ROOT_NOTIFICATION, 0, 0, 0);
	EXPECT_TRUE(cpu_self()->current != root);
}

static void step(void)
{
	unsigned what = pick(100);
	if (what < 50)
		pass(chance(80) ? pick(200) : pick(5000));
	else if (what < 54)
		step_root();
	else if (!cpu_self()->current)
		pass(1 + pick(1000));
	else if (what < 64)
		system_call(L4_SYS_YIELD, 0, 0, 0, 0);
	else if (what < 74)
		system_call(L4_SYS_RECV, NOTIFICATION, 0, 0, 0);
	else if (what < 90)
		system_call(L4_SYS_SEND, NOTIFICATION, 0, 0, 0);
	else if (what < 94)
		operate(TIMER, L4_OP_TIMER_ARM, machine.now + pick(3000), 0);
	else if (what < 97)
		system_call(L4_SYS_RECV, TIMER_NOTIFICATION, 0, 0, 0);
	else
		operate(THREAD_SLOT(pick(THREADS)), L4_OP_THREAD_INFO, 0, 0);
}

static void set_up(void)
{
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, NOTIFICATION);
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, ROOT_NOTIFICATION);
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, TIMER_NOTIFICATION);
	make_object(object_untyped, L4_TYPE_TIMER, 0, TIMER);
	EXPECT_EQ(L4_OK, call(TIMER, L4_OP_TIMER_BIND, TIMER_NOTIFICATION));
	EXPECT_EQ(L4_OK, call(L4_BOOT_IRQ_CONTROL, L4_OP_IRQ_CONTROL_ISSUE, 1, L4_BOOT_CNODE, ROOT_LINE));
	EXPECT_EQ(L4_OK, call(ROOT_LINE, L4_OP_IRQ_HANDLER_BIND, ROOT_NOTIFICATION));
	for (int t = 0; t < THREADS; t++)
		threads[t] = make_thread(THREAD_SLOT(t), 10 + pick(3));
}

#define SEEDS 80
#define STEPS 3000

static void round_of_time(void)
{
	machine.now += 100000;
	driver_start();
	set_up();
	for (int t = 0; t < THREADS; t++)
		configure(t);
	system_call(L4_SYS_RECV, ROOT_NOTIFICATION, 0, 0, 0);
	for (unsigned n = 0; n < STEPS; n++)
		step();
	EXPECT_TRUE(enter_line(1) && cpu_self()->current == root);
	driver_end();
}

TEST(KSCH0001, "the most important thread with budget runs, none beyond its budget, and the clock is set for what comes next")
{
	driver_rounds(SEEDS, round_of_time);
	printf("switches %u, idle %u, ends of budgets %u\n", switches, idles, ends_of_budget);
	EXPECT_TRUE(switches && idles && ends_of_budget);
}

/* The order of equals: a queue, whose head runs. */
static void round_of_turns(void)
{
	int order[THREADS], count = THREADS;
	driver_start();
	set_up();
	for (int t = 0; t < THREADS; t++) {
		EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_SET_PRIORITY, L4_BOOT_DOMAIN, 20));
		order[t] = t;
	}
	system_call(L4_SYS_RECV, ROOT_NOTIFICATION, 0, 0, 0);
	for (unsigned n = 0; n < 500; n++) {
		EXPECT_EQ(order[0], number_of(cpu_self()->current));
		int self = order[0], woken = -1;
		unsigned what = pick(5);
		if (what == 3 && count == 1)
			what = 0;
		/* Root comes in between; the turn goes on afterwards. */
		if (what == 4) {
			EXPECT_TRUE(enter_line(1) && cpu_self()->current == root);
			EXPECT_EQ(L4_OK, call(ROOT_LINE, L4_OP_IRQ_HANDLER_ACK));
			system_call(L4_SYS_RECV, ROOT_NOTIFICATION, 0, 0, 0);
			continue;
		}
		for (int t = 0; what == 2 && t < THREADS; t++) {
			if (threads[t]->state == L4_THREAD_WAITING_NOTIFICATION && threads[t]->queue && !threads[t]->queue_prev)
				woken = t;
		}
		if (what != 2) {
			for (int i = 1; i < count; i++)
				order[i - 1] = order[i];
			order[count - 1] = self;
			count -= what == 3;
		} else if (woken >= 0) {
			order[count++] = woken;
		}
		if (what == 0)
			system_call(L4_SYS_YIELD, 0, 0, 0, 0);
		else if (what == 1)
			enter_turn();
		else if (what == 2)
			system_call(L4_SYS_SEND, NOTIFICATION, 0, 0, 0);
		else
			system_call(L4_SYS_RECV, NOTIFICATION, 0, 0, 0);
		/* Bits that nobody waited for let the next receive return at once. */
		struct notification *notification = slot_object(root_slot(NOTIFICATION));
		notification->bits = 0;
	}
	EXPECT_TRUE(enter_line(1) && cpu_self()->current == root);
	driver_end();
}

TEST(KSCH0002, "equals take turns in the order in which they became ready; an interrupt does not cost the turn")
{
	driver_rounds(20, round_of_turns);
}

static void let_budget_end(struct sched_context *sc)
{
	machine.now = machine.deadline;
	machine.pace = 30;
	enter_interrupt();
	machine.pace = 0;
	EXPECT_TRUE(sc->waiting && !cpu_self()->current);
}

TEST(KSCH0003, "a thread whose budget has ended waits until its refill is due, which the entry that ended it has put off")
{
	driver_start();
	set_up();
	for (int t = 1; t < THREADS; t++)
		EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_SUSPEND));
	EXPECT_EQ(L4_OK, call(THREAD_SLOT(0) + 1, L4_OP_SCHED_CONTEXT_CONFIGURE, L4_BOOT_DOMAIN, 1000, 10000));
	system_call(L4_SYS_RECV, ROOT_NOTIFICATION, 0, 0, 0);
	for (int i = 0; i < 5; i++) {
		EXPECT_TRUE(cpu_self()->current == threads[0]);
		let_budget_end(time_of(0));
		EXPECT_EQ(sched_context_next_refill(time_of(0)), machine.deadline);
		machine.now = machine.deadline;
		enter_interrupt();
	}
	EXPECT_TRUE(enter_line(1) && cpu_self()->current == root);
	driver_end();
}
