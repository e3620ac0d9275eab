/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages against a model (kernel_ipc_model.h). Each step is done by whoever is current; half of them try the fast path first. */
#include <kernel/ipc.h>

#include <stdio.h>

#include "kernel_ipc_steps.h"

static unsigned fast_total;

/* Root is woken by its interrupt, does something, and waits again. */
static void step_root(void)
{
	struct message_model none = {0};
	bool idle = !cpu_self()->current;
	EXPECT_TRUE(enter_line(1) && cpu_self()->current == root);
	EXPECT_EQ(L4_OK, call(ROOT_LINE, L4_OP_IRQ_HANDLER_ACK));
	if (idle)
		revive();
	make_servers_passive();
	switch (pick(11)) {
	case 0:
		kill_endpoint();
		break;
	case 1:
		kill_notification();
		break;
	case 2:
		kill_reply();
		break;
	case 3:
		bind_handler();
		break;
	case 4:
		for (unsigned n = 0; n < 4; n++) {
			step_control(ROOT);
			compare();
		}
		break;
	case 5:
	case 6:
		step_life(ROOT);
		break;
	case 7:
		kill_thread();
		break;
	case 8:
		kill_time();
		break;
	default:
		break;
	}
	compare();
	system_call(L4_SYS_RECV, ROOT_NOTIFICATION, &none);
	EXPECT_TRUE(cpu_self()->current != root);
}

static void step(void)
{
	int self = cpu_self()->current ? number_of(cpu_self()->current) : NONE;
	unsigned what = pick(100), fast_before = fast_taken;
	if (self == NONE || what < 3)
		step_root();
	else if (what < 30)
		step_send(self);
	else if (what < 55)
		step_receive(self);
	else if (what < 75)
		step_reply_receive(self);
	else if (what < 79)
		step_send_reply(self);
	else if (what < 85)
		step_signal(self);
	else if (what < 89)
		step_fault(self);
	else if (what < 92)
		step_control(self);
	else
		enter_turn();
	fast_total += fast_taken - fast_before;
	compare();
}

/* --- Rounds --- */

#define SEEDS 120
#define STEPS 2000

static void round_of_messages(void)
{
	struct message_model none = {0};
	driver_start();
	make_world();
	system_call(L4_SYS_RECV, ROOT_NOTIFICATION, &none);
	for (unsigned n = 0; n < STEPS; n++)
		step();
	EXPECT_TRUE(enter_line(1) && cpu_self()->current == root);
	driver_fast = false;
	driver_end();
}

TEST(KIPC0001, "random messages, faults, cancellations and deaths agree with a model, on the fast path and beside it")
{
	driver_rounds(SEEDS, round_of_messages);
	printf("delivered %u, lent %u, cancelled %u, faults answered %u, on the fast path %u\n", model_counts.delivered, model_counts.lent,
	       model_counts.cancelled, model_counts.faults_answered, fast_total);
	EXPECT_TRUE(model_counts.delivered && model_counts.lent && model_counts.cancelled && model_counts.faults_answered && fast_total);
}

TEST(KIPC0002, "each reserved bit of a tag is refused, and so is each length beyond the buffer")
{
	EXPECT_TRUE(ipc_tag_is_valid(0));
	for (unsigned bit = 9; bit < L4_TAG_LABEL_SHIFT; bit++)
		EXPECT_TRUE(!ipc_tag_is_valid(1UL << bit));
	for (word_t length = 0; length <= L4_TAG_LENGTH_MASK; length++)
		EXPECT_EQ(length <= L4_MESSAGE_WORDS, ipc_tag_is_valid(length));
	for (unsigned bit = L4_TAG_LABEL_SHIFT; bit < 64; bit++)
		EXPECT_TRUE(ipc_tag_is_valid(1UL << bit | L4_TAG_CAP | L4_TAG_MOVE | 64));
}
