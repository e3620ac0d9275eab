/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Schedule tables against a model that knows nothing but lengths: random tables, switched, changed and deleted at random, over domains that come and go, on a machine that stands
 * still now and then. After each entry the thread that runs is of the domain that the model names, the clock is set for the window's end, and only that domain's interrupt line is open.
 */
#include <kernel_driver.h>
#include <kernel/device.h>
#include <kernel/ipc.h>

#include <stdio.h>

#define DOMAINS 3
#define THREADS_EACH 2
#define THREADS (DOMAINS * THREADS_EACH)
#define TABLES 3
#define WINDOWS_MAX 7
#define BOOT DOMAINS /* in the model: the boot domain */
#define NOBODY (-1)
#define DOMAIN_SLOT(d) ((d) == BOOT ? L4_BOOT_DOMAIN : FIRST_SLOT + (word_t)(d))
#define TABLE_SLOT(i) (FIRST_SLOT + 10 + (word_t)(i))
#define THREAD_SLOT(t) (FIRST_SLOT + 20 + 2 * (word_t)(t))
#define NOTIFICATION (FIRST_SLOT + 50)
#define TIMER (FIRST_SLOT + 51)
#define LINES (DOMAINS + 1) /* one is confined to each domain, the last one to the boot domain */
#define LINE(d) (1 + (unsigned)(d))
#define LINE_SLOT(d) (FIRST_SLOT + 60 + (word_t)(d))
#define GIVEN_SLOT(d) (FIRST_SLOT + 70 + (word_t)(d))

struct window {
	int domain;
	ticks_t length;
};

static struct {
	struct window window[WINDOWS_MAX];
	unsigned count;
	int slack;
} tables[TABLES];

static struct {
	int table, next; /* NOBODY: none */
	ticks_t start;   /* of the frame */
} model;

static struct thread *threads[THREADS];
static unsigned switches, slacks, idles, deleted_tables, deleted_domains, taken_domains, stops;

static int domain_of(const struct thread *thread)
{
	for (int t = 0; t < THREADS; t++) {
		if (threads[t] == thread)
			return t / THREADS_EACH;
	}
	return BOOT;
}

/* --- The model --- */

static ticks_t frame_of(int table)
{
	ticks_t sum = 0;
	for (unsigned i = 0; i < tables[table].count; i++)
		sum += tables[table].window[i].length;
	return sum;
}

static void model_advance(void)
{
	if (model.table == NOBODY && model.next != NOBODY) {
		model.table = model.next;
		model.next = NOBODY;
		model.start = machine.now;
	}
	while (model.table != NOBODY && machine.now >= model.start + frame_of(model.table)) {
		model.start += frame_of(model.table);
		switches += model.next != NOBODY;
		if (model.next != NOBODY)
			model.table = model.next;
		model.next = NOBODY;
	}
}

/* Whose window it is, and until when. */
static int model_window(ticks_t *end)
{
	*end = TICKS_NEVER;
	if (model.table == NOBODY)
		return BOOT;
	const struct window *window = tables[model.table].window;
	*end = model.start + window->length;
	for (; *end <= machine.now; *end += window->length)
		window++;
	return window->domain;
}

static bool has_runnable(int domain)
{
	if (domain == BOOT)
		return root->state == L4_THREAD_READY;
	for (int t = domain * THREADS_EACH; domain != NOBODY && t < (domain + 1) * THREADS_EACH; t++) {
		if (threads[t]->state == L4_THREAD_READY && thread_domain(threads[t]))
			return true;
	}
	return false;
}

static void check(void)
{
	const struct thread *current = cpu_self()->current;
	ticks_t end;
	model_advance();
	int domain = model_window(&end), slack = model.table == NOBODY ? NOBODY : tables[model.table].slack;
	EXPECT_TRUE(end == TICKS_NEVER || machine.deadline <= end);
	for (int d = 0; d < LINES; d++)
		EXPECT_EQ(domain == d, machine.line_enabled[LINE(d)]);
	if (has_runnable(domain)) {
		EXPECT_TRUE(current && domain_of(current) == domain);
	} else if (slack != NOBODY && has_runnable(slack)) {
		EXPECT_TRUE(current && domain_of(current) == slack);
		slacks++;
	} else {
		EXPECT_TRUE(!current);
		idles++;
	}
}

/* --- Steps --- */

/* What is due in the slack when that begins to run, interrupts at once. */
static void pass(ticks_t ticks)
{
	for (ticks_t end = machine.now + ticks; machine.now < end;) {
		if (machine.deadline > machine.now)
			machine.now = machine.deadline < end ? machine.deadline : end;
		if (machine.now < machine.deadline)
			return;
		enter_interrupt();
		check();
	}
}

/* The capability that tables are made with. */
static word_t given(int domain)
{
	if (domain == BOOT)
		return L4_BOOT_DOMAIN;
	if (slot_is_empty(root_slot(GIVEN_SLOT(domain))))
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, GIVEN_SLOT(domain), L4_BOOT_CNODE, DOMAIN_SLOT(domain), L4_ALL_RIGHTS));
	return GIVEN_SLOT(domain);
}

/* The machine stands still: nothing of what should have been meanwhile was. */
static void stand_still(void)
{
	machine.now += pick(1U << pick(24));
	stops++;
	enter_interrupt();
	check();
	pass(1);
}

/* Sets the windows of a table that is not in use. Each has one of root's, so that the test goes on. */
static void set_table(int i)
{
	if (!slot_is_empty(root_slot(TABLE_SLOT(i))))
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, TABLE_SLOT(i)));
	make_object(object_untyped, L4_TYPE_SCHEDULE, 10, TABLE_SLOT(i));
	tables[i].count = 1 + pick(WINDOWS_MAX);
	tables[i].slack = chance(50) ? (int)pick(DOMAINS + 1) : NOBODY;
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(i), L4_OP_SCHEDULE_CONFIGURE, 0, tables[i].slack == NOBODY ? 0 : given(tables[i].slack)));
	unsigned roots = pick(tables[i].count);
	for (unsigned w = 0; w < tables[i].count; w++) {
		int domain = w == roots ? BOOT : (int)pick(DOMAINS + 1) - 1;
		tables[i].window[w] = (struct window){domain, sched_min_budget + pick(2000)};
		EXPECT_EQ(L4_OK, call(TABLE_SLOT(i), L4_OP_SCHEDULE_SET, w, tables[i].window[w].length, domain == NOBODY ? 0 : given(domain)));
	}
}

/* Where root may not be current any more when its call is over. */
static void last_call(word_t cap, word_t label, word_t argument)
{
	enter_syscall(L4_SYS_CALL, cap, l4_tag(label, 1), (word_t[L4_MESSAGE_REGISTERS]){argument});
	EXPECT_EQ(L4_OK, result_status(root));
}

static void delete_table(int i)
{
	last_call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, TABLE_SLOT(i));
	if (model.next == i)
		model.next = NOBODY;
	if (model.table == i)
		model.table = NOBODY;
	deleted_tables++;
	check();
}

static void give_domain(int t)
{
	word_t domain = DOMAIN_SLOT(t / THREADS_EACH);
	EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, 0));
	EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_BIND, L4_BIND_DOMAIN, domain));
	EXPECT_EQ(L4_OK, call(THREAD_SLOT(t) + 1, L4_OP_SCHED_CONTEXT_CONFIGURE, domain, 1000, 1000));
	EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_BIND, L4_BIND_SCHED_CONTEXT, THREAD_SLOT(t) + 1));
}

/* Its windows become nobody's. */
static void lose_domain(int domain, word_t slot)
{
	last_call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, slot);
	for (int i = 0; i < TABLES; i++) {
		for (unsigned w = 0; w < tables[i].count; w++) {
			if (tables[i].window[w].domain == domain)
				tables[i].window[w].domain = NOBODY;
		}
		if (tables[i].slack == domain)
			tables[i].slack = NOBODY;
	}
	check();
}

/* The domain lives on, and with it its line. */
static void take_domain(int domain)
{
	if (slot_is_empty(root_slot(GIVEN_SLOT(domain))))
		return;
	lose_domain(domain, GIVEN_SLOT(domain));
	taken_domains++;
}

static void replace_domain(int domain)
{
	lose_domain(domain, DOMAIN_SLOT(domain));
	deleted_domains++;
	make_object(object_untyped, L4_TYPE_DOMAIN, 0, DOMAIN_SLOT(domain));
	for (int t = domain * THREADS_EACH; t < (domain + 1) * THREADS_EACH; t++)
		give_domain(t);
	EXPECT_EQ(L4_OK, call(LINE_SLOT(domain), L4_OP_IRQ_HANDLER_CONFINE, DOMAIN_SLOT(domain)));
	check();
}

static void step_root(void)
{
	int i = (int)pick(TABLES), t = (int)pick(THREADS);
	switch (pick(8)) {
	case 0:
		if (slot_is_empty(root_slot(TABLE_SLOT(i))))
			break;
		last_call(L4_BOOT_SCHEDULE_CONTROL, L4_OP_SCHEDULE_CONTROL_SWITCH, TABLE_SLOT(i));
		model.next = i;
		break;
	case 1:
		if (i != model.table && i != model.next)
			set_table(i);
		break;
	case 2:
		if (chance(20) && !slot_is_empty(root_slot(TABLE_SLOT(i))))
			delete_table(i);
		break;
	case 3:
		if (chance(20))
			replace_domain((int)pick(DOMAINS));
		break;
	case 4:
		EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_SUSPEND));
		break;
	case 5:
		EXPECT_EQ(L4_OK, call(THREAD_SLOT(t), L4_OP_THREAD_START, 0x10000, 0, 0, 0));
		break;
	case 6:
		EXPECT_EQ(L4_OK, call(TIMER, L4_OP_TIMER_ARM, machine.now + 1 + pick(3000)));
		break;
	default:
		enter_syscall(L4_SYS_SEND, NOTIFICATION, 0, (word_t[L4_MESSAGE_REGISTERS]){0});
	}
	check();
}

/* Root has what another domain leaves, and may lose that with each call. */
static void step_slack(void)
{
	if (chance(50))
		take_domain((int)pick(DOMAINS));
	else
		pass(1 + pick(1500));
}

static void step_other(void)
{
	const word_t words[L4_MESSAGE_REGISTERS] = {machine.now + pick(3000)};
	switch (pick(5)) {
	case 0:
		enter_syscall(L4_SYS_RECV, NOTIFICATION, 0, words);
		break;
	case 1:
		enter_syscall(L4_SYS_SEND, NOTIFICATION, 0, words);
		break;
	case 2:
		enter_syscall(L4_SYS_CALL, TIMER, l4_tag(L4_OP_TIMER_ARM, 1), words);
		break;
	default:
		enter_syscall(L4_SYS_YIELD, 0, 0, words);
	}
	check();
}

#define SEEDS 60
#define STEPS 3000

static void set_up(void)
{
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, NOTIFICATION);
	make_object(object_untyped, L4_TYPE_TIMER, 0, TIMER);
	EXPECT_EQ(L4_OK, call(TIMER, L4_OP_TIMER_BIND, NOTIFICATION));
	for (int d = 0; d < DOMAINS; d++)
		make_object(object_untyped, L4_TYPE_DOMAIN, 0, DOMAIN_SLOT(d));
	for (int d = 0; d < LINES; d++) {
		EXPECT_EQ(L4_OK, call(L4_BOOT_IRQ_CONTROL, L4_OP_IRQ_CONTROL_ISSUE, LINE(d), L4_BOOT_CNODE, LINE_SLOT(d)));
		EXPECT_EQ(L4_OK, call(LINE_SLOT(d), L4_OP_IRQ_HANDLER_BIND, NOTIFICATION));
		EXPECT_EQ(L4_OK, call(LINE_SLOT(d), L4_OP_IRQ_HANDLER_CONFINE, DOMAIN_SLOT(d)));
	}
	for (int t = 0; t < THREADS; t++) {
		threads[t] = make_thread(THREAD_SLOT(t), 10 + pick(3));
		give_domain(t);
	}
	for (int i = 0; i < TABLES; i++)
		set_table(i);
}

static void round_of_windows(void)
{
	machine.now += 100000;
	model.table = model.next = NOBODY;
	driver_start();
	set_up();
	check();
	for (unsigned n = 0; n < STEPS; n++) {
		const struct thread *current = cpu_self()->current;
		if (chance(2))
			stand_still();
		else if (!current || chance(40))
			pass(1 + pick(1500));
		else if (current == root && cpu_self()->place.domain != &boot_domain)
			step_slack();
		else if (current == root)
			step_root();
		else
			step_other();
	}
	for (int i = 0; i < TABLES; i++) {
		while (cpu_self()->current != root || cpu_self()->place.domain != &boot_domain)
			pass(100);
		delete_table(i);
	}
	driver_end();
}

TEST(KWIN0001, "who runs is who the table says, at any time, whatever becomes of tables and domains")
{
	driver_rounds(SEEDS, round_of_windows);
	printf("switches %u, slack %u, idle %u, tables deleted %u, domains deleted %u, taken %u, times stood still %u\n", switches, slacks, idles, deleted_tables, deleted_domains, taken_domains,
	       stops);
	EXPECT_TRUE(switches && slacks && idles && deleted_tables && deleted_domains && taken_domains && stops);
}

#define LONG_WINDOW (1UL << 46)

/* Windows that the machine slept through are not gone through one by one, whichever table they are of. */
TEST(KWIN0002, "a machine that stood still for a long frame finds its place in a short one at once")
{
	ticks_t frames, missed;
	driver_start();
	for (int i = 0; i < 2; i++) {
		make_object(object_untyped, L4_TYPE_SCHEDULE, 8, TABLE_SLOT(i));
		EXPECT_EQ(L4_OK, call(TABLE_SLOT(i), L4_OP_SCHEDULE_SET, 0, i ? sched_min_budget : LONG_WINDOW, L4_BOOT_DOMAIN));
		EXPECT_EQ(L4_OK, call(L4_BOOT_SCHEDULE_CONTROL, L4_OP_SCHEDULE_CONTROL_SWITCH, TABLE_SLOT(i)));
	}
	ticks_t start = cpu_self()->place.start;
	machine.now = start + 2 * LONG_WINDOW + 1;
	enter_interrupt();
	EXPECT_EQ(L4_OK, call(L4_BOOT_SCHEDULE_CONTROL, L4_OP_SCHEDULE_CONTROL_INFO));
	frames = result(root, 2);
	missed = result(root, 3);
	EXPECT_EQ(LONG_WINDOW / sched_min_budget + 1, frames);
	EXPECT_EQ(frames - 1, missed);
	EXPECT_TRUE(cpu_self()->place.start <= machine.now && machine.now < cpu_self()->place.end);
	driver_end();
}

#define DEEP (FIRST_SLOT + 100)

/* A capability to domain 0 from which nothing can be derived. */
static word_t deep_domain(void)
{
	word_t slot = DOMAIN_SLOT(0);
	for (word_t i = 0; slot_can_derive(root_slot(slot)); i++) {
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, DEEP + i, L4_BOOT_CNODE, slot, L4_ALL_RIGHTS));
		slot = DEEP + i;
	}
	return slot;
}

static void expect_table(word_t windows, ticks_t frame, enum l4_schedule state)
{
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(0), L4_OP_SCHEDULE_INFO));
	EXPECT_EQ(windows, result(root, 0));
	EXPECT_EQ(2, result(root, 1));
	EXPECT_EQ(frame, result(root, 2));
	EXPECT_EQ(state, result(root, 3));
}

TEST(KWIN0003, "a table takes no window that cannot be, and no change while it is followed")
{
	const ticks_t pad = 5, least = pad + sched_min_budget, too_long = SCHEDULE_LENGTH_MAX + 1;
	driver_start();
	make_object(object_untyped, L4_TYPE_DOMAIN, 0, DOMAIN_SLOT(0));
	make_object(object_untyped, L4_TYPE_SCHEDULE, 8, TABLE_SLOT(0));
	word_t deep = deep_domain();
	EXPECT_EQ(L4_BAD_STATE, call(L4_BOOT_SCHEDULE_CONTROL, L4_OP_SCHEDULE_CONTROL_SWITCH, TABLE_SLOT(0)));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(TABLE_SLOT(0), L4_OP_SCHEDULE_CONFIGURE, too_long, 0));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(TABLE_SLOT(0), L4_OP_SCHEDULE_CONFIGURE, ~0UL, 0));
	EXPECT_EQ(L4_TOO_DEEP, call(TABLE_SLOT(0), L4_OP_SCHEDULE_CONFIGURE, pad, deep));
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(0), L4_OP_SCHEDULE_CONFIGURE, pad, 0));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 1, least, 0));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 0, least - 1, 0));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 0, too_long, 0));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 0, ~0UL, 0));
	EXPECT_EQ(L4_TOO_DEEP, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 0, least, deep));
	expect_table(0, 0, L4_SCHEDULE_UNUSED);
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 0, least, 0));
	EXPECT_EQ(L4_BAD_STATE, call(TABLE_SLOT(0), L4_OP_SCHEDULE_CONFIGURE, 0, 0));
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 0, 2 * least, L4_BOOT_DOMAIN));
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 1, SCHEDULE_LENGTH_MAX, DOMAIN_SLOT(0)));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 2, least, 0));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, ~0UL, least, 0));
	expect_table(2, 2 * least + SCHEDULE_LENGTH_MAX, L4_SCHEDULE_UNUSED);
	EXPECT_EQ(L4_OK, call(L4_BOOT_SCHEDULE_CONTROL, L4_OP_SCHEDULE_CONTROL_SWITCH, TABLE_SLOT(0)));
	expect_table(2, 2 * least + SCHEDULE_LENGTH_MAX, L4_SCHEDULE_FOLLOWED);
	EXPECT_EQ(L4_BUSY, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 1, least, 0));
	EXPECT_EQ(L4_BUSY, call(TABLE_SLOT(0), L4_OP_SCHEDULE_CONFIGURE, 0, 0));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, TABLE_SLOT(0)));
	driver_end();
}

TEST(KWIN0004, "who is let in late is told of, at its worst")
{
	const ticks_t pad = 100, length = 1000, late[] = {0, 7, 3};
	driver_start();
	make_object(object_untyped, L4_TYPE_SCHEDULE, 8, TABLE_SLOT(0));
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(0), L4_OP_SCHEDULE_CONFIGURE, pad, 0));
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 0, length, L4_BOOT_DOMAIN));
	EXPECT_EQ(L4_OK, call(L4_BOOT_SCHEDULE_CONTROL, L4_OP_SCHEDULE_CONTROL_SWITCH, TABLE_SLOT(0)));
	for (unsigned i = 0; i < sizeof(late) / sizeof(late[0]); i++) {
		machine.now = cpu_self()->place.end + pad + late[i];
		enter_interrupt();
		EXPECT_EQ(L4_OK, call(L4_BOOT_SCHEDULE_CONTROL, L4_OP_SCHEDULE_CONTROL_INFO));
		EXPECT_EQ(i ? 7 : 0, result(root, 4));
	}
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, TABLE_SLOT(0)));
	driver_end();
}

TEST(KWIN0005, "a line is open where its handler is bound and it is confined to nothing, or to the domain whose window it is")
{
	driver_start();
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, NOTIFICATION);
	make_object(object_untyped, L4_TYPE_DOMAIN, 0, DOMAIN_SLOT(0));
	word_t deep = deep_domain();
	EXPECT_EQ(L4_OK, call(L4_BOOT_IRQ_CONTROL, L4_OP_IRQ_CONTROL_ISSUE, LINE(0), L4_BOOT_CNODE, LINE_SLOT(0)));
	EXPECT_EQ(L4_OK, call(LINE_SLOT(0), L4_OP_IRQ_HANDLER_CONFINE, L4_BOOT_DOMAIN));
	EXPECT_TRUE(!machine.line_enabled[LINE(0)]);
	EXPECT_EQ(L4_OK, call(LINE_SLOT(0), L4_OP_IRQ_HANDLER_BIND, NOTIFICATION));
	EXPECT_TRUE(machine.line_enabled[LINE(0)]);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(L4_OK, call(LINE_SLOT(0), L4_OP_IRQ_HANDLER_CONFINE, DOMAIN_SLOT(0)));
		EXPECT_TRUE(!machine.line_enabled[LINE(0)]);
	}
	EXPECT_EQ(L4_TOO_DEEP, call(LINE_SLOT(0), L4_OP_IRQ_HANDLER_CONFINE, deep));
	EXPECT_TRUE(!machine.line_enabled[LINE(0)]);
	EXPECT_EQ(L4_OK, call(LINE_SLOT(0), L4_OP_IRQ_HANDLER_CONFINE, 0));
	EXPECT_TRUE(machine.line_enabled[LINE(0)]);
	EXPECT_EQ(L4_OK, call(LINE_SLOT(0), L4_OP_IRQ_HANDLER_CONFINE, DOMAIN_SLOT(0)));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, DOMAIN_SLOT(0))); /* it is nobody's now, and not everybody's */
	EXPECT_TRUE(!machine.line_enabled[LINE(0)]);
	EXPECT_EQ(L4_OK, call(LINE_SLOT(0), L4_OP_IRQ_HANDLER_BIND, NOTIFICATION));
	EXPECT_TRUE(!machine.line_enabled[LINE(0)]);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, LINE_SLOT(0)));
	driver_end();
}

#define MANY 40 /* timers: more than go in one piece */
#define MANY_SLOT(i) (FIRST_SLOT + 300 + (word_t)(i))

TEST(KWIN0006, "a domain that dies leaves no timer armed, however many there were")
{
	driver_start();
	make_object(object_untyped, L4_TYPE_NOTIFICATION, 0, NOTIFICATION);
	make_object(object_untyped, L4_TYPE_DOMAIN, 0, DOMAIN_SLOT(0));
	make_object(object_untyped, L4_TYPE_SCHEDULE, 8, TABLE_SLOT(0));
	for (int i = 0; i < MANY; i++) {
		make_object(object_untyped, L4_TYPE_TIMER, 0, MANY_SLOT(i));
		EXPECT_EQ(L4_OK, call(MANY_SLOT(i), L4_OP_TIMER_BIND, NOTIFICATION));
	}
	threads[0] = make_thread(THREAD_SLOT(0), 10);
	give_domain(0);
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 0, 1000, DOMAIN_SLOT(0)));
	EXPECT_EQ(L4_OK, call(TABLE_SLOT(0), L4_OP_SCHEDULE_SET, 1, 1000, L4_BOOT_DOMAIN));
	last_call(L4_BOOT_SCHEDULE_CONTROL, L4_OP_SCHEDULE_CONTROL_SWITCH, TABLE_SLOT(0));
	EXPECT_TRUE(cpu_self()->current == threads[0]);
	for (int i = 0; i < MANY; i++) {
		enter_syscall(L4_SYS_CALL, MANY_SLOT(i), l4_tag(L4_OP_TIMER_ARM, 1), (word_t[L4_MESSAGE_REGISTERS]){machine.now + 100000 + i});
		EXPECT_EQ(L4_OK, result_status(threads[0]));
	}
	machine.now = cpu_self()->place.end;
	enter_interrupt();
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, DOMAIN_SLOT(0)));
	for (int i = 0; i < MANY; i++)
		EXPECT_TRUE(!((struct timer *)slot_object(root_slot(MANY_SLOT(i))))->node.queued);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, TABLE_SLOT(0)));
	driver_end();
}
