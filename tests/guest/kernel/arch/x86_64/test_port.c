/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports: the UART, and where nothing is. */
#include "test.h"

enum { SCRATCH = 7, LINE_STATUS = 5 };

TEST(PRT0101, "where nothing is, all ones are read in any width, and a register keeps the rest")
{
	static const uint16_t ports[] = {0x20, 0x40, 0x60, 0x70, PORT_POST, 0x3f0 - 8, 0xb000, 0xfff0};
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		out8(ports[i], 0);
		EXPECT_EQ(0xff, in8(ports[i]));
		EXPECT_EQ(0xffff, in16(ports[i]));
		EXPECT_EQ(0xffffffff, in32(ports[i]));
	}
	uint64_t rax = 0x1122334455667788;
	__asm__ volatile("inb %w1, %%al" : "+a"(rax) : "d"(PORT_POST));
	EXPECT_EQ(0x11223344556677ff, rax);
	rax = 0x1122334455667788;
	__asm__ volatile("inl %w1, %%eax" : "+a"(rax) : "d"(PORT_POST));
	EXPECT_EQ(0xffffffff, rax);
}

TEST(PRT0102, "the UART's registers are a byte wide")
{
	out8(PORT_UART + SCRATCH, 0x5a);
	EXPECT_EQ(0x5a, in8(PORT_UART + SCRATCH));
	EXPECT_EQ(0x60, in8(PORT_UART + LINE_STATUS) & 0x60);
	EXPECT_EQ(0x5a, in16(PORT_UART + SCRATCH - 1) >> 8);
}
