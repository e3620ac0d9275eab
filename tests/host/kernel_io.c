/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities to ranges of I/O ports, and interrupt lines that are raised by messages. */
#include <kernel_driver.h>

#define PORTS (FIRST_SLOT + 1)
#define OTHER (FIRST_SLOT + 2)

static status_t issue(word_t first, word_t count)
{
	return call(L4_BOOT_IO_PORT_CONTROL, L4_OP_IO_PORT_CONTROL_ISSUE, first, count, L4_BOOT_CNODE, PORTS);
}

TEST(KIOP0001, "ranges of ports that exist, into empty slots")
{
	driver_start();
	EXPECT_EQ(L4_INVALID_ARGUMENT, issue(0, 0));
	EXPECT_EQ(L4_INVALID_ARGUMENT, issue(MACHINE_IO_PORTS, 1));
	EXPECT_EQ(L4_INVALID_ARGUMENT, issue(1, MACHINE_IO_PORTS));
	EXPECT_EQ(L4_INVALID_ARGUMENT, issue(~0UL, 2));
	EXPECT_EQ(L4_INVALID_ARGUMENT, issue(2, ~0UL));
	EXPECT_EQ(L4_OK, issue(0, MACHINE_IO_PORTS));
	EXPECT_EQ(L4_OCCUPIED, issue(0, 1));
	driver_end();
}

/* Every port and width around a range: those that lie in it work, the others change nothing. */
static void try_all(word_t first, word_t count)
{
	for (word_t port = 0; port < MACHINE_IO_PORTS + 4; port++) {
		for (word_t width = 0; width <= 8; width++) {
			bool inside = (width == 1 || width == 2 || width == 4) && port >= first && port + width <= first + count;
			status_t expected = inside ? L4_OK : L4_INVALID_ARGUMENT;
			EXPECT_EQ(expected, call(PORTS, L4_OP_IO_PORTS_WRITE, port, width, 0x11223344aabbccddUL));
			EXPECT_EQ(expected, call(PORTS, L4_OP_IO_PORTS_READ, port, width));
		}
	}
}

TEST(KIOP0002, "accesses reach the whole range, and nothing else")
{
	driver_start();
	EXPECT_EQ(L4_OK, issue(16, 5));
	machine.ports[15] = machine.ports[21] = 0x5a;
	try_all(16, 5);
	EXPECT_EQ(0x5a, machine.ports[15]);
	EXPECT_EQ(0x5a, machine.ports[21]);
	EXPECT_EQ(0xdd, machine.ports[16]);
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(PORTS, L4_OP_IO_PORTS_READ, ~0UL, 1));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(PORTS, L4_OP_IO_PORTS_READ, ~0UL, 4));
	driver_end();
}

TEST(KIOP0003, "a copy has the range, its own rights, and goes with what it was copied from")
{
	driver_start();
	EXPECT_EQ(L4_OK, issue(8, 4));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, OTHER, L4_BOOT_CNODE, PORTS, L4_READ));
	EXPECT_EQ(L4_OK, call(OTHER, L4_OP_IO_PORTS_READ, 11, 1));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(OTHER, L4_OP_IO_PORTS_READ, 12, 1));
	EXPECT_EQ(L4_NO_RIGHT, call(OTHER, L4_OP_IO_PORTS_WRITE, 8, 1, 0));
	EXPECT_EQ(L4_BAD_OPERATION, call(L4_BOOT_CNODE, L4_OP_CNODE_MINT, OTHER + 1, L4_BOOT_CNODE, PORTS, L4_READ, 200));
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, PORTS));
	EXPECT_EQ(L4_INVALID_CAP, call(OTHER, L4_OP_IO_PORTS_READ, 11, 1));
	driver_end();
}

TEST(KIOP0004, "only lines that messages raise tell of one")
{
	driver_start();
	EXPECT_EQ(L4_OK, call(L4_BOOT_IRQ_CONTROL, L4_OP_IRQ_CONTROL_ISSUE, MACHINE_FIRST_MESSAGE_LINE - 1, L4_BOOT_CNODE, PORTS));
	EXPECT_EQ(L4_OK, call(L4_BOOT_IRQ_CONTROL, L4_OP_IRQ_CONTROL_ISSUE, MACHINE_FIRST_MESSAGE_LINE, L4_BOOT_CNODE, OTHER));
	EXPECT_EQ(L4_UNSUPPORTED, call(PORTS, L4_OP_IRQ_HANDLER_MESSAGE));
	EXPECT_EQ(L4_OK, call(OTHER, L4_OP_IRQ_HANDLER_MESSAGE));
	EXPECT_EQ(MACHINE_FIRST_MESSAGE_LINE, arch_message(root)[1]);
	driver_end();
}
