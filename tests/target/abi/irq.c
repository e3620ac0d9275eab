/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt lines. None of the lines here has a device that interrupts; delivery is what the console server lives on (tests/system). */
#include "worker.h"

static l4_status_t issue(l4_word_t line, l4_cap_t slot)
{
	return l4_irq_control_issue(fixture.irq_control, line, L4_SLOT_CNODE, slot);
}

TEST(IR0001, "issue: lines in range, one handler a line, empty slots")
{
	l4_cap_t handler = new_slot(), small = new_cnode(4);

	EXPECT_TRUE(fixture.irq_lines >= 32);
	EXPECT_STATUS(L4_INVALID_ARGUMENT, issue(0, handler));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, issue(fixture.irq_lines + 1, handler));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, issue(~0UL, handler));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, issue(20, ~0UL));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_irq_control_issue(fixture.irq_control, 20, small, 3));
	EXPECT_STATUS(L4_OCCUPIED, issue(20, small));
	EXPECT_OK(issue(20, handler));
	EXPECT_EQ(L4_TYPE_IRQ_HANDLER, type_of(handler));
	EXPECT_STATUS(L4_BUSY, issue(20, new_slot()));
	EXPECT_OK(issue(fixture.irq_lines, new_slot()));
	delete_cap(handler);
	EXPECT_OK(issue(20, handler));
}

TEST(IR0002, "issue under a capability as deep as can be")
{
	l4_cap_t control = copy_cap(fixture.irq_control, L4_ALL_RIGHTS), deep = deepest_copy(control), handler = new_slot();

	EXPECT_STATUS(L4_TOO_DEEP, l4_irq_control_issue(deep, 21, L4_SLOT_CNODE, handler));
	EXPECT_OK(l4_irq_control_issue(control, 21, L4_SLOT_CNODE, handler));
	delete_cap(control); /* with the authority go the handlers that it gave */
	EXPECT_TRUE(is_empty(handler));
	EXPECT_OK(issue(21, handler));
}

TEST(IR0003, "bind and ack")
{
	l4_cap_t handler = new_slot(), notification = new_object(L4_TYPE_NOTIFICATION);

	EXPECT_OK(issue(22, handler));
	EXPECT_STATUS(L4_BAD_STATE, l4_irq_handler_ack(handler));
	EXPECT_OK(l4_irq_handler_bind(handler, 0));
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	EXPECT_STATUS(L4_BAD_STATE, l4_irq_handler_ack(handler));
	EXPECT_STATUS(L4_TOO_DEEP, l4_irq_handler_bind(handler, deepest_copy(notification)));
	delete_cap(notification);
	EXPECT_OK(l4_irq_handler_bind(handler, 0));
	delete_cap(handler);
}

TEST(IR0004, "a copy of a handler acts on the same line, and goes with it")
{
	l4_cap_t handler = new_slot(), copy, notification = new_object(L4_TYPE_NOTIFICATION);

	EXPECT_OK(issue(23, handler));
	copy = copy_cap(handler, L4_ALL_RIGHTS);
	EXPECT_OK(l4_irq_handler_bind(copy, notification));
	delete_cap(handler);
	EXPECT_TRUE(is_empty(copy));
	EXPECT_OK(issue(23, handler));
}
