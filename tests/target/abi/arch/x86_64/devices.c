/* SPDX-License-Identifier: BSD-2-Clause */
#include "devices.h"

#include "../../tables.h"

l4_cap_t issue_ports(l4_word_t first, l4_word_t count)
{
	l4_cap_t slot = new_slot();

	EXPECT_OK(l4_io_port_control_issue(l4_startup_cap("io_port_control"), first, count, L4_SLOT_CNODE, slot));
	return slot;
}

l4_cap_t issue_line(l4_word_t line)
{
	l4_cap_t slot = new_slot();

	EXPECT_OK(l4_irq_control_issue(fixture.irq_control, line, L4_SLOT_CNODE, slot));
	return slot;
}

l4_word_t take_bits(l4_cap_t notification)
{
	struct l4_registers m;
	struct l4_result result = l4_recv_nonblocking(notification, &m);

	return result.status == L4_OK ? result.badge : 0;
}

void expect_nothing(l4_cap_t notification)
{
	sleep_microseconds(3000);
	EXPECT_EQ(0, take_bits(notification));
}

void expect_bits(l4_cap_t notification, l4_word_t expected)
{
	l4_word_t bits = 0;

	EXPECT_EVENTUALLY(bits || (bits = take_bits(notification)));
	EXPECT_EQ(expected, bits);
}

void expect_signal(l4_cap_t notification)
{
	expect_bits(notification, 1);
}

void confine(l4_cap_t handler, l4_cap_t notification)
{
	l4_cap_t owner = new_object(L4_TYPE_DOMAIN);

	EXPECT_OK(l4_irq_handler_confine(handler, owner));
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	follow(shared_with(owner));
}

/* The last window of the case in which there was no signal. */
static l4_word_t quiet_window;

bool has_come(l4_cap_t notification)
{
	l4_word_t window = window_start();

	if (!take_bits(notification)) {
		quiet_window = window;
		return false;
	}
	EXPECT_TRUE(window_start() != quiet_window);
	return true;
}

void expect_in_owners_window(l4_cap_t notification)
{
	bool came = false;

	EXPECT_EVENTUALLY(came || (came = has_come(notification)));
}

void acknowledge(l4_cap_t handler)
{
	quiet_window = window_start();
	EXPECT_OK(l4_irq_handler_ack(handler));
}
