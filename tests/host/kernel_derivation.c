/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Derivation against a model (kernel_derivation_model.h): the kernel must come to the same, however often it is interrupted, whoever goes on, and
 * whichever thread dies on the way.
 */
#include <stdio.h>

#include "kernel_derivation_steps.h"

#define BASE_BITS 16

struct derivation_counts counts;

/* --- Rounds --- */

static void new_world(void)
{
	int node = new_node(L4_TYPE_UNTYPED, 7, -1, 0, 0);
	EXPECT_EQ(L4_OK, call(BASE_SLOT, L4_OP_UNTYPED_RETYPE, L4_TYPE_UNTYPED, BASE_BITS, L4_BOOT_CNODE, FIRST_SLOT, 1));
	nodes[node].original = true;
	nodes[node].size_bits = BASE_BITS;
}

/* All of the world goes, also what nobody can reach any more. */
static void end_world(void)
{
	run_as(root);
	doom_children(-1);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, BASE_SLOT));
	remove_doomed();
	compare();
	EXPECT_EQ(0, root_slot(BASE_SLOT)->child != NULL);
}

static bool world_is_lost(void)
{
	for (unsigned i = 0; i < ROOT_PLACES; i++) {
		int node = tables[0].node[i];
		if (node >= 0 && nodes[node].type == L4_TYPE_UNTYPED)
			return false;
	}
	return true;
}

static void step(void)
{
	driver_preempt = chance(70) ? 1 + pick(12) : 0;
	if (chance(20))
		run_as(chance(50) ? root : workers[pick(WORKERS)]);
	unsigned what = pick(100);
	if (what < 30)
		do_retype();
	else if (what < 50)
		do_copy(false);
	else if (what < 60)
		do_copy(true);
	else if (what < 78)
		do_move();
	else if (what < 83)
		do_identify();
	else if (what < 90)
		do_bind();
	else if (what < 94)
		do_removal(true);
	else if (what < 98)
		do_removal(false);
	else if (chance(80))
		do_torn_removals();
	compare();
	if (world_is_lost()) {
		end_world();
		new_world();
	}
}

#define SEEDS 60
#define STEPS 4000

static void round_of_derivation(void)
{
	driver_start();
	make_object(object_untyped, L4_TYPE_UNTYPED, BASE_BITS, BASE_SLOT);
	reset_model(root_slot(BASE_SLOT)->depth);
	new_table(TABLE_ROOT, root_slot(FIRST_SLOT), ROOT_PLACES);
	for (unsigned i = 0; i < WORKERS; i++)
		make_worker(i);
	new_world();
	for (unsigned n = 0; n < STEPS; n++)
		step();
	end_world();
	driver_end();
}

TEST(KDRV0001, "random derivation, moves and removals agree with a model, interrupted, abandoned and taken over at random")
{
	driver_rounds(SEEDS, round_of_derivation);
	printf("done: retype %u copy %u mint %u move %u delete %u revoke %u identify %u bind %u; refused %u; stopped removals %u, restarts %u; at most %u capabilities, %d deep\n",
	       counts.done[DO_RETYPE], counts.done[DO_COPY], counts.done[DO_MINT], counts.done[DO_MOVE], counts.done[DO_DELETE], counts.done[DO_REVOKE],
	       counts.done[DO_IDENTIFY], counts.done[DO_BIND], counts.failed, counts.torn_removals, counts.restarts, counts.most, counts.deepest);
	for (unsigned i = 0; i < OPERATIONS; i++)
		EXPECT_TRUE(counts.done[i] > 0);
	EXPECT_TRUE(counts.failed && counts.torn_removals && counts.restarts);
}

/* --- A capability that its own revocation takes --- */

#define OUTER FIRST_SLOT
#define INNER (FIRST_SLOT + 1)
#define TABLE (FIRST_SLOT + 2)
#define OTHER (FIRST_SLOT + 3)

/* The outer untyped, of which all is made, lies in a cnode that is made of the inner one. So what is revoked goes itself, before all is done. */
static void revoke_what_goes_itself(unsigned preempt_after)
{
	const word_t words[L4_MESSAGE_REGISTERS] = {INNER};
	make_object(object_untyped, L4_TYPE_UNTYPED, 16, OUTER);
	make_object(OUTER, L4_TYPE_UNTYPED, 14, INNER);
	make_object(INNER, L4_TYPE_CNODE, 13, TABLE);
	make_object(OUTER, L4_TYPE_ENDPOINT, 0, OTHER);
	EXPECT_EQ(L4_OK, call(TABLE, L4_OP_CNODE_MOVE, 100, L4_BOOT_CNODE, OUTER));
	machine.preempt_after = preempt_after;
	EXPECT_TRUE(enter_syscall(L4_SYS_CALL, L4_BOOT_CNODE, l4_tag(L4_OP_CNODE_REVOKE, 1), words));
	while (is_restarting(root)) {
		machine.preempt_after = 1;
		machine.interrupt = false;
		EXPECT_TRUE(enter_restart());
	}
	machine.preempt_after = 0;
	machine.interrupt = false;
	for (word_t slot = OUTER; slot <= OTHER; slot++)
		EXPECT_TRUE(slot_is_empty(root_slot(slot)));
}

TEST(KDRV0002, "a revoke that takes its own capability with it is completed, wherever it is interrupted")
{
	driver_start();
	for (unsigned i = 0; i < 12; i++)
		revoke_what_goes_itself(i);
	driver_end();
}
