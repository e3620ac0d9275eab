/* SPDX-License-Identifier: BSD-2-Clause */
/* The time queue against a sorted list, and the sporadic server against its definition. */
#include <kernel_driver.h>
#include <kernel/time_queue.h>

#include <stdio.h>
#include <string.h>

/* --- The queue --- */

#define TIME_NODES 200
#define QUEUE_SEEDS 100
#define QUEUE_STEPS 1000

static struct time_node time_nodes[TIME_NODES];
static struct time_queue queue;

/* Order, ranks and parents of the whole heap; gives the number of nodes. The recursion is as deep as the heap. */
static unsigned check_heap(const struct time_node *node, const struct time_node *parent)
{
	if (!node)
		return 0;
	EXPECT_TRUE(node->parent == parent && node->queued);
	EXPECT_TRUE(!parent || parent->when <= node->when);
	unsigned left = node->left ? node->left->rank : 0, right = node->right ? node->right->rank : 0;
	EXPECT_TRUE(left >= right);
	EXPECT_EQ(right + 1, node->rank);
	return 1 + check_heap(node->left, node) + check_heap(node->right, node);
}

static void check_queue(void)
{
	unsigned queued = 0;
	ticks_t first = TICKS_NEVER;
	for (unsigned i = 0; i < TIME_NODES; i++) {
		queued += time_nodes[i].queued;
		if (time_nodes[i].queued && time_nodes[i].when < first)
			first = time_nodes[i].when;
	}
	EXPECT_EQ(queued, check_heap(queue.first, NULL));
	EXPECT_EQ(first, time_queue_first(&queue));
}

static void round_of_queue(void)
{
	memset(time_nodes, 0, sizeof(time_nodes));
	queue.first = NULL;
	unsigned limit = 1 + pick(TIME_NODES), spread = chance(50) ? 20 : 1000000;
	for (unsigned n = 0; n < QUEUE_STEPS; n++) {
		struct time_node *node = &time_nodes[pick(limit)];
		if (chance(15) && queue.first)
			node = queue.first;
		if (node->queued) {
			time_queue_remove(&queue, node);
			EXPECT_TRUE(!node->queued);
		} else {
			time_queue_insert(&queue, node, chance(2) ? TICKS_NEVER : n + pick(spread));
		}
		if (n % 8 == 0)
			check_queue();
	}
	ticks_t last = 0;
	while (queue.first) {
		EXPECT_TRUE(queue.first->when >= last);
		last = queue.first->when;
		time_queue_remove(&queue, queue.first);
	}
	check_queue();
}

TEST(KTIM0001, "the time queue agrees with a list, and stays a leftist heap")
{
	driver_rounds(QUEUE_SEEDS, round_of_queue);
}

/* --- The sporadic server --- */

#define SERVER_SEEDS 150
#define SERVER_STEPS 2000
#define USES_MAX SERVER_STEPS

static struct {
	ticks_t start, end;
} uses[USES_MAX];
static unsigned use_count;
static unsigned exhausted, merged;

/* Ticks used in [from, to). */
static ticks_t used_within(ticks_t from, ticks_t to)
{
	ticks_t sum = 0;
	for (unsigned i = use_count; i-- > 0 && uses[i].end > from;) {
		ticks_t start = uses[i].start > from ? uses[i].start : from, end = uses[i].end < to ? uses[i].end : to;
		sum += end > start ? end - start : 0;
	}
	return sum;
}

static void check_server(const struct sched_context *sc)
{
	ticks_t sum = 0;
	EXPECT_TRUE(sc->count >= 1 && sc->count <= L4_REFILLS_MAX);
	for (unsigned i = 0; i < sc->count; i++) {
		const struct refill *refill = &sc->refills[(sc->first + i) % L4_REFILLS_MAX];
		sum += refill->amount;
		if (i == 0)
			continue;
		const struct refill *before = &sc->refills[(sc->first + i - 1) % L4_REFILLS_MAX];
		EXPECT_TRUE(before->when <= refill->when);
	}
	EXPECT_EQ(sc->budget, sum);
	merged += sc->count == L4_REFILLS_MAX;
}

/* Uses `length` ticks from `now` on, as the clock would charge them. The sum in each period that ends with a use is within the budget. */
static void use(struct sched_context *sc, ticks_t now, ticks_t length, ticks_t tolerance)
{
	sched_context_charge(sc, now + length, length);
	uses[use_count].start = now;
	uses[use_count++].end = now + length;
	ticks_t from = now + length > sc->period ? now + length - sc->period : 0;
	EXPECT_TRUE(used_within(from, now + length) <= sc->budget + tolerance);
}

/* The kernel has not booted here, and so sets no least budget. */
#define BUDGET_LEAST 100

static struct sched_context new_server(ticks_t now)
{
	struct sched_context sc;
	sched_context_init(&sc);
	sc.budget = BUDGET_LEAST + pick(chance(50) ? 200 : 5000);
	sc.period = sc.budget + 1 + pick(chance(50) ? 300 : 20000);
	sc.count = 1;
	sc.refills[0] = (struct refill){now, sc.budget};
	use_count = 0;
	return sc;
}

static ticks_t least(ticks_t a, ticks_t b)
{
	return a < b ? a : b;
}

/* Runs in pieces of random length, never beyond what is left, with random pauses; out of budget it waits. */
static void round_of_server(void)
{
	ticks_t now = 1000000;
	struct sched_context sc = new_server(now);
	for (unsigned n = 0; n < SERVER_STEPS; n++) {
		ticks_t left = budget_left(&sc, now);
		if (!left) {
			exhausted++;
			ticks_t next = sched_context_next_refill(&sc);
			/* No budget is lost, and none comes later than one period after all of it could be gone. */
			EXPECT_TRUE(next > now && next <= now + 2 * sc.period);
			now = next;
			EXPECT_TRUE(budget_left(&sc, now) > 0);
			continue;
		}
		use(&sc, now, least(left, 1 + pick(chance(50) ? 30 : sc.budget)), 0);
		now = uses[use_count - 1].end;
		check_server(&sc);
		if (chance(40))
			now += pick(chance(50) ? 50 : 2 * sc.period);
	}
	EXPECT_EQ(use_count ? sc.consumed : 0, sc.consumed);
}

TEST(KTIM0002, "in no period more than its budget is used, and its refills always add up to it")
{
	exhausted = merged = 0;
	driver_rounds(SERVER_SEEDS, round_of_server);
	printf("exhausted %u, all refills in use %u\n", exhausted, merged);
	EXPECT_TRUE(exhausted && merged);
}

/* Interrupts come late: uses overrun what is left. What was used too much is missing afterwards. */
static void round_of_overrun(void)
{
	ticks_t now = 1000000, start = now, used = 0;
	struct sched_context sc = new_server(now);
	for (unsigned n = 0; n < SERVER_STEPS; n++) {
		ticks_t left = budget_left(&sc, now);
		if (!left) {
			now = sched_context_next_refill(&sc) + (chance(30) ? pick(100) : 0);
			continue;
		}
		ticks_t length = least(left, 1 + pick(sc.budget)) + (chance(30) ? pick(50) : 0);
		sched_context_charge(&sc, now + length, length);
		now += length;
		used += length;
		check_server(&sc);
		/* In the long run: one budget a period, the first in advance, and the overrun of the last use. */
		EXPECT_TRUE(used <= ((now - start) / sc.period + 2) * sc.budget + 50);
		if (chance(30))
			now += pick(sc.period);
	}
	EXPECT_EQ(used, sc.consumed);
}

TEST(KTIM0003, "what is used beyond the budget is paid back")
{
	driver_rounds(SERVER_SEEDS, round_of_overrun);
}

/* Less than this is left over to the next refill (sched_context.c). */
#define FRAGMENT 20

/* A program that always wants to run gets its budget in each period, but for fragments. */
static void round_of_greed(void)
{
	ticks_t now = 1000000, start = now, used = 0;
	struct sched_context sc = new_server(now);
	for (unsigned n = 0; n < SERVER_STEPS; n++) {
		ticks_t left = budget_left(&sc, now);
		if (!left) {
			now = sched_context_next_refill(&sc);
			continue;
		}
		ticks_t length = least(left, 1 + pick(sc.budget));
		sched_context_charge(&sc, now + length, length);
		now += length;
		used += length;
	}
	ticks_t periods = (now - start) / sc.period;
	EXPECT_TRUE(periods > 10 && used >= (periods - 1) * (sc.budget - FRAGMENT));
}

TEST(KTIM0004, "who always runs gets all of his budget in each period")
{
	driver_rounds(SERVER_SEEDS, round_of_greed);
}
