/* SPDX-License-Identifier: BSD-2-Clause */
#include <apic.h>
#include <host_test.h>

#include <l4/abi/arch.h>

#include "vmm_stubs.h"

enum { ID = 0x802, VERSION = 0x803, LDR = 0x80d, SVR = 0x80f, ESR = 0x828, ICR = 0x830, LVT_TIMER = 0x832, LVT_ERROR = 0x837 };
enum { INITIAL = 0x838, CURRENT = 0x839, DIVIDE = 0x83e };
enum { MASKED = 1 << 16, PERIODIC = 1 << 17, DEADLINE = 2 << 17, ENABLE = 0x1ff, NMI = L4_VCPU_LINE_NMI };
#define NEVER UINT64_MAX

static struct apic apic;
static uint64_t now;

uint64_t tsc_read(void)
{
	return now;
}

static void reset(void)
{
	stubs_reset();
	now = 1000000;
	stubs.reg[L4_VCPU_REG_APIC_DEADLINE] = NEVER;
	apic_reset(&apic);
}

static uint64_t get(uint32_t msr)
{
	uint64_t value = 0xdeadbeef;
	EXPECT_TRUE(apic_read(&apic, msr, &value));
	return value;
}

static void set(uint32_t msr, uint64_t value)
{
	EXPECT_TRUE(apic_write(&apic, msr, value));
	/* As the kernel has it: the timer's register is the deadline. */
	stubs.reg[L4_VCPU_REG_APIC_DEADLINE] = stubs.timer;
}

static bool refuses(uint32_t msr, uint64_t value)
{
	return !apic_write(&apic, msr, value);
}

static unsigned int raised(void)
{
	unsigned int count = 0;
	for (unsigned int i = 0; i < STUB_LINES; i++)
		count += stubs.line[i];
	return count;
}

TEST(VAP0101, "after reset it is disabled, all is masked, and it says who it is")
{
	reset();
	EXPECT_EQ(0xff, get(SVR));
	EXPECT_EQ(0, get(ID));
	EXPECT_EQ(1, get(LDR));
	EXPECT_EQ(5, get(VERSION) >> 16);
	for (uint32_t msr = LVT_TIMER; msr <= LVT_ERROR; msr++)
		EXPECT_EQ(MASKED, get(msr));
	EXPECT_EQ(MASKED, stubs.reg[L4_VCPU_REG_APIC_TIMER]);
	EXPECT_EQ(0xfee00d00, apic_base());
}

TEST(VAP0102, "while it is disabled its entries stay masked, and disabling masks them")
{
	reset();
	set(LVT_TIMER, 0x40);
	EXPECT_EQ(MASKED | 0x40, get(LVT_TIMER));
	set(SVR, ENABLE);
	EXPECT_EQ(1, stubs.reg[L4_VCPU_REG_APIC_ENABLED]);
	set(LVT_TIMER, 0x40);
	EXPECT_EQ(0x40, stubs.reg[L4_VCPU_REG_APIC_TIMER]);
	set(SVR, 0xff);
	EXPECT_EQ(0, stubs.reg[L4_VCPU_REG_APIC_ENABLED]);
	EXPECT_EQ(MASKED | 0x40, stubs.reg[L4_VCPU_REG_APIC_TIMER]);
}

TEST(VAP0103, "what is reserved, read-only or absent faults")
{
	uint64_t value;
	reset();
	EXPECT_TRUE(refuses(ID, 0) && refuses(VERSION, 0) && refuses(LDR, 0) && refuses(CURRENT, 0));
	EXPECT_TRUE(refuses(SVR, 1 << 12) && refuses(SVR, 1UL << 32));
	EXPECT_TRUE(refuses(ESR, 1));
	EXPECT_TRUE(refuses(ICR, 1 << 12) && refuses(ICR, 1 << 20));
	EXPECT_TRUE(refuses(LVT_TIMER, 1 << 8) && refuses(LVT_TIMER, 3 << 17) && refuses(LVT_ERROR, 1 << 10));
	EXPECT_TRUE(refuses(INITIAL, 1UL << 32) && refuses(DIVIDE, 4));
	EXPECT_TRUE(!apic_read(&apic, 0x80e, &value) && !apic_read(&apic, 0x831, &value) && !apic_read(&apic, 0x82f, &value));
}

TEST(VAP0104, "a command is delivered if it names this processor")
{
	static const struct { uint64_t command; bool here; } cases[] = {
		{0x40, true}, {0x40 | 0xffffffffUL << 32, true}, {0x40 | 1UL << 32, false},           /* physical */
		{0x840 | 1UL << 32, true}, {0x840 | 2UL << 32, false}, {0x840 | 0x10001UL << 32, false}, /* logical */
		{0x40040 | 7UL << 32, true}, {0x80040, true}, {0xc0040, false},                        /* shorthands */
		{0x140, true},                                                                         /* lowest priority */
	};
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		reset();
		set(ICR, cases[i].command);
		EXPECT_EQ(cases[i].here, stubs.line[0x40]);
		EXPECT_EQ(cases[i].here, raised());
		EXPECT_EQ(cases[i].command, get(ICR));
	}
}

TEST(VAP0105, "NMIs have their line; INIT and start-up do nothing; vectors that are none are errors")
{
	reset();
	set(ICR, 0x400);
	EXPECT_TRUE(stubs.line[NMI] && raised() == 1);
	reset();
	set(ICR, 0x4500);
	set(ICR, 0x4608);
	set(ICR, 0x00200);
	EXPECT_EQ(0, raised());
	set(SVR, ENABLE);
	set(LVT_ERROR, 0xfe);
	set(ICR, 0x0f);
	EXPECT_TRUE(stubs.line[0xfe] && raised() == 1);
	EXPECT_EQ(0, get(ESR));
	set(ESR, 0);
	EXPECT_EQ(0x60, get(ESR));
	set(ESR, 0);
	EXPECT_EQ(0, get(ESR));
}

TEST(VAP0106, "messages of devices are delivered if they name this processor")
{
	static const struct { uint64_t address; uint32_t data; unsigned int line; } cases[] = {
		{0xfee00000, 0x31, 0x31}, {0xfeeff000, 0x31, 0x31}, {0xfee01000, 0x31, 0}, {0xfee01004, 0x31, 0x31}, {0xfee02004, 0x31, 0},
		{0xfee00000, 0x0e, 0}, {0xfee00000, 0x400, NMI}, {0xfee00000, 0x531, 0}, {0xfef00000, 0x31, 0}, {0x1fee00000, 0x31, 0}, {0, 0x31, 0},
	};
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		reset();
		apic_message(cases[i].address, cases[i].data);
		EXPECT_EQ(cases[i].line != 0, raised());
		EXPECT_TRUE(!cases[i].line || stubs.line[cases[i].line]);
	}
}

TEST(VAP0107, "the timer counts down in time-stamp ticks, divided")
{
	reset();
	set(SVR, ENABLE);
	set(LVT_TIMER, 0x40);
	set(DIVIDE, 0xb); /* by 1 */
	set(INITIAL, 1000);
	EXPECT_EQ(now + 1000, stubs.timer);
	EXPECT_EQ(0, stubs.reg[L4_VCPU_REG_APIC_PERIOD]);
	now += 400;
	EXPECT_EQ(600, get(CURRENT));
	set(DIVIDE, 0x3); /* by 16: what is left takes longer */
	EXPECT_EQ(now + 16 * 600, stubs.timer);
	now += 16 * 599 + 1;
	EXPECT_EQ(1, get(CURRENT));
	now += 16;
	EXPECT_EQ(0, get(CURRENT));
	static const unsigned int divisors[] = {2, 4, 8, 16, 32, 64, 128, 1};
	for (unsigned int code = 0; code < 8; code++) {
		set(DIVIDE, (code & 3) | (code & 4) << 1);
		set(INITIAL, 100);
		EXPECT_EQ(now + 100 * divisors[code], stubs.timer);
	}
	set(INITIAL, 0);
	EXPECT_EQ(NEVER, stubs.timer);
}

TEST(VAP0108, "periodic mode arms again; to and from deadline mode the timer stops")
{
	reset();
	set(SVR, ENABLE);
	set(DIVIDE, 0xb);
	set(LVT_TIMER, PERIODIC | 0x40);
	set(INITIAL, 5000);
	EXPECT_EQ(5000, stubs.reg[L4_VCPU_REG_APIC_PERIOD]);
	set(LVT_TIMER, 0x41);
	EXPECT_EQ(0, stubs.reg[L4_VCPU_REG_APIC_PERIOD]);
	EXPECT_EQ(now + 5000, stubs.timer);
	set(LVT_TIMER, DEADLINE | 0x41);
	EXPECT_EQ(NEVER, stubs.timer);
	stubs.timer = 12345; /* the guest's deadline, which the kernel takes by itself */
	set(INITIAL, 77);
	set(LVT_TIMER, DEADLINE | 0x42);
	EXPECT_EQ(12345, stubs.timer);
	EXPECT_EQ(0, get(CURRENT));
	EXPECT_EQ(0, get(INITIAL));
	set(LVT_TIMER, 0x42);
	EXPECT_EQ(NEVER, stubs.timer);
}

TEST(VAP0109, "no sequence of accesses does harm")
{
	reset();
	for (unsigned int i = 0; i < 300000; i++) {
		uint64_t r = host_random(), value = host_random() >> (r >> 8 & 63);
		uint32_t msr = APIC_MSR_FIRST + (r & 0x3f);
		now += r >> 48;
		if (r & 0x80)
			apic_write(&apic, msr, value);
		else
			apic_read(&apic, msr, &value);
		if (r >> 16 & 1)
			apic_message(value, r >> 32);
		stubs.reg[L4_VCPU_REG_APIC_DEADLINE] = stubs.timer;
		for (unsigned int line = 0; line < L4_VCPU_LINE_VECTOR; line++)
			EXPECT_TRUE(!stubs.line[line] || line == NMI);
		EXPECT_EQ(apic.lvt[0], stubs.reg[L4_VCPU_REG_APIC_TIMER]);
		EXPECT_EQ(apic.spurious >> 8 & 1, stubs.reg[L4_VCPU_REG_APIC_ENABLED]);
	}
}
