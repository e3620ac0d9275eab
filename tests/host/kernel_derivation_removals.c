/* SPDX-License-Identifier: BSD-2-Clause */
/* Deletions and revocations: interrupted, abandoned by the thread that began them, and taken over by another. */
#include "kernel_derivation_steps.h"
#include "kernel_derivation_targets.h"

#define WORKER_SLOT 1210
#define PRIORITY 200

struct thread *workers[WORKERS];

void make_worker(unsigned number)
{
	workers[number] = make_thread(WORKER_SLOT + 2 * number, PRIORITY);
}

/* The current thread starts to delete or revoke at a place of the root table. True: interrupted. */
static bool begin_removal(bool revoke, unsigned place)
{
	word_t words[L4_MESSAGE_REGISTERS] = {FIRST_SLOT + place};
	struct thread *self = cpu_self()->current;
	int node = tables[0].node[place];
	if (node >= 0 && revoke)
		doom_children(node);
	else if (node >= 0)
		doom(node);
	machine.preempt_after = 1 + pick(8);
	EXPECT_TRUE(enter_syscall(L4_SYS_CALL, L4_BOOT_CNODE, l4_tag(revoke ? L4_OP_CNODE_REVOKE : L4_OP_CNODE_DELETE, 1), words));
	machine.preempt_after = 0;
	machine.interrupt = false;
	EXPECT_TRUE(cpu_self()->current == self);
	return is_restarting(self);
}

static void finish_removal(struct thread *thread)
{
	run_as(thread);
	for (unsigned n = 0; is_restarting(thread); n++) {
		EXPECT_TRUE(n < 10000);
		machine.preempt_after = chance(50) ? 1 + pick(8) : 0;
		machine.interrupt = false;
		EXPECT_TRUE(enter_restart());
		counts.restarts++;
	}
	machine.preempt_after = 0;
	machine.interrupt = false;
}

/* A worker never ends what it has begun: it dies, or gets something else to do. */
static void abandon(unsigned number)
{
	run_as(root);
	if (chance(50)) {
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, WORKER_SLOT + 2 * number + 1));
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, WORKER_SLOT + 2 * number));
		make_worker(number);
	} else {
		EXPECT_EQ(L4_OK, call(WORKER_SLOT + 2 * number, L4_OP_THREAD_START, 0x10000, 0, 0, 0));
		EXPECT_TRUE(!is_restarting(workers[number]));
		run_as(workers[number]);
		/* The next deletion first ends the last one's. */
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, LAST_SLOT));
	}
}

void do_torn_removals(void)
{
	struct {
		bool revoke, stopped;
		unsigned place;
	} removal[WORKERS + 1];
	unsigned count = 1 + pick(WORKERS + 1);
	for (unsigned i = 0; i < count; i++) {
		run_as(i < WORKERS ? workers[i] : root);
		removal[i].revoke = chance(50);
		removal[i].place = choose_place(chance(50) ? L4_TYPE_CNODE : L4_TYPE_UNTYPED);
		removal[i].stopped = begin_removal(removal[i].revoke, removal[i].place);
		counts.torn_removals += removal[i].stopped;
	}
	unsigned first = pick(count);
	for (unsigned n = 0; n < count; n++) {
		unsigned i = (first + n) % count;
		if (removal[i].stopped && i < WORKERS && chance(40))
			abandon(i);
		else
			finish_removal(i < WORKERS ? workers[i] : root);
	}
	/* Whatever was left undone, whoever asks again gets it done. */
	run_as(root);
	for (unsigned i = 0; i < count; i++) {
		begin_removal(removal[i].revoke, removal[i].place);
		finish_removal(root);
	}
	remove_doomed();
}

void do_removal(bool revoke)
{
	struct target in = choose_invoked();
	word_t index = choose_index(&in, true);
	status_t expected = expect_rights(&in, L4_WRITE);
	int node = expected == L4_OK ? node_at(&in, index) : -1;
	/* Else the world would never grow. */
	if (node >= 0 && weight(node) > 8 && chance(85))
		return;
	if (expected == L4_OK && node < 0)
		expected = node == -2 ? L4_INVALID_ARGUMENT : revoke ? L4_INVALID_CAP : L4_OK;
	if (expected == L4_OK && node >= 0) {
		if (revoke)
			doom_children(node);
		else
			doom(node);
		/* Where the way to the slot goes too, an interrupted call does not find back to it (INVALID_CAP) and stays unfinished. */
		if ((revoke && nodes[node].doomed) || its_table_is_doomed(node) || (in.cap != L4_BOOT_CNODE && nodes[tables[0].node[in.cap - FIRST_SLOT]].doomed))
			driver_preempt = 0;
	}
	EXPECT_EQ(expected, call(in.cap, revoke ? L4_OP_CNODE_REVOKE : L4_OP_CNODE_DELETE, index));
	count_outcome(revoke ? DO_REVOKE : DO_DELETE, expected);
	remove_doomed();
}
