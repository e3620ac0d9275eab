/* SPDX-License-Identifier: BSD-2-Clause */
/* Model-specific registers: the vcpu's, memory types, KVM's clock. */
#include <host_test.h>
#include <machine.h>
#include <msr.h>

#include <string.h>

#include <l4/abi/arch.h>

#include "vmm_stubs.h"

enum { TSC = 0x10, MTRR_CAP = 0xfe, MTRR_BASE0 = 0x200, MTRR_MASK0 = 0x201, FIXED_64K = 0x250, PAT = 0x277, MTRR_DEFAULT = 0x2ff };
enum { EFER = 0xc0000080, TSC_AUX = 0xc0000103, HWCR = 0xc0010015 };
#define PAGE_OF_CLOCK (STUB_MEMORY_BASE + 0x100)

static struct machine machine;
static uint64_t now;

uint64_t tsc_read(void)
{
	return now;
}

static void reset(void)
{
	stubs_reset();
	now = 5000000;
	apic_reset(&machine.apic);
	kvmclock_reset(&machine.clock, 2500000);
	mtrr_reset(&machine.mtrr, 40);
}

static uint64_t get(uint32_t msr)
{
	uint64_t value = 0xdeadbeef;
	EXPECT_TRUE(msr_read(&machine, msr, &value));
	return value;
}

TEST(VMS0101, "registers of the vcpu are written where its processor takes the value")
{
	reset();
	EXPECT_TRUE(msr_write(&machine, PAT, 0x0007040600070406));
	EXPECT_EQ(0x0007040600070406, stubs.reg[L4_VCPU_REG_PAT]);
	EXPECT_EQ(0x0007040600070406, get(PAT));
	stubs.refuses_registers = true;
	EXPECT_TRUE(!msr_write(&machine, PAT, 2));
	stubs.refuses_registers = false;
}

TEST(VMS0109, "EFER: long mode is asked for while paging is off, and active when the processor says so")
{
	reset();
	EXPECT_TRUE(msr_write(&machine, EFER, 0xd01));
	EXPECT_EQ(0x901, get(EFER));
	stubs.reg[L4_VCPU_REG_EFER] = 0x501;
	stubs.reg[L4_VCPU_REG_CR0] = 0x80000011;
	EXPECT_TRUE(msr_write(&machine, EFER, 0x901));
	EXPECT_EQ(0xd01, get(EFER));
	EXPECT_TRUE(!msr_write(&machine, EFER, 0xc01));
	EXPECT_TRUE(!msr_write(&machine, EFER, 0x1d01)); /* SVME */
	EXPECT_TRUE(!msr_write(&machine, EFER, 0x4d01)); /* FFXSR */
}

TEST(VMS0102, "unknown registers fault, and those with one value take no other")
{
	uint64_t value;
	static const uint32_t unknown[] = {0x1b - 1, 0x3a, 0x3b, 0x48, 0x49, 0x79, 0x10a, TSC_AUX, 0xc0010117, 0x40000000, UINT32_MAX};
	reset();
	for (unsigned int i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		EXPECT_TRUE(!msr_read(&machine, unknown[i], &value));
		EXPECT_TRUE(!msr_write(&machine, unknown[i], 0));
	}
	EXPECT_TRUE(msr_write(&machine, HWCR, get(HWCR)));
	EXPECT_TRUE(!msr_write(&machine, HWCR, 0));
}

TEST(VMS0111, "branch traps and records may be asked for, as stock Linux does to step by branches, and do not come")
{
	enum { DEBUG_CONTROL = 0x1d9, BRANCH_RECORD = 1, BRANCH_TRAP = 2 };
	reset();
	for (uint64_t value = 0; value <= (BRANCH_RECORD | BRANCH_TRAP); value++) {
		EXPECT_TRUE(msr_write(&machine, DEBUG_CONTROL, value));
		EXPECT_EQ(0, get(DEBUG_CONTROL));
	}
	EXPECT_TRUE(!msr_write(&machine, DEBUG_CONTROL, 4));
	EXPECT_TRUE(!msr_write(&machine, DEBUG_CONTROL, 1UL << 63 | BRANCH_TRAP));
}

TEST(VMS0103, "x2APIC mode cannot be left")
{
	reset();
	EXPECT_EQ(0xfee00d00, get(0x1b));
	EXPECT_TRUE(msr_write(&machine, 0x1b, 0xfee00d00));
	EXPECT_TRUE(!msr_write(&machine, 0x1b, 0xfee00900));
	EXPECT_TRUE(!msr_write(&machine, 0x1b, 0xfee00100));
	EXPECT_TRUE(!msr_write(&machine, 0x1b, 0xfed00d00));
	EXPECT_EQ(0x50014, get(0x803));
}

TEST(VMS0104, "memory types are kept as any machine keeps them")
{
	uint64_t value;
	reset();
	EXPECT_EQ(0x806, get(MTRR_DEFAULT));
	EXPECT_EQ(8, get(MTRR_CAP) & 0xff);
	EXPECT_TRUE(!msr_write(&machine, MTRR_CAP, 0));
	EXPECT_TRUE(msr_write(&machine, MTRR_BASE0, 0xc0000000));
	EXPECT_TRUE(msr_write(&machine, MTRR_MASK0, 0xffc0000800));
	EXPECT_EQ(0xc0000000, get(MTRR_BASE0));
	EXPECT_EQ(0xffc0000800, get(MTRR_MASK0));
	EXPECT_TRUE(!msr_write(&machine, MTRR_BASE0, 2));           /* no type */
	EXPECT_TRUE(!msr_write(&machine, MTRR_MASK0, 1UL << 40));   /* beyond the width of addresses */
	EXPECT_TRUE(!msr_write(&machine, MTRR_MASK0, 1));
	EXPECT_TRUE(msr_write(&machine, FIXED_64K, 0x0606060605040100));
	EXPECT_TRUE(!msr_write(&machine, FIXED_64K, 0x0306060606060606));
	EXPECT_EQ(0x0606060605040100, get(FIXED_64K));
	EXPECT_TRUE(!msr_write(&machine, MTRR_DEFAULT, 0x1006));
	EXPECT_TRUE(!msr_write(&machine, MTRR_DEFAULT, 7));
	EXPECT_TRUE(!msr_read(&machine, 0x210, &value) && !msr_read(&machine, 0x251, &value) && !msr_read(&machine, 0x270, &value));
}

struct system_time {
	uint32_t version, pad;
	uint64_t tsc, nanoseconds;
	uint32_t multiplier;
	int8_t shift;
	uint8_t flags, pad2[2];
};

/* As a guest reckons, from its own counter. */
static uint64_t guest_nanoseconds(uint64_t tsc)
{
	struct system_time time;
	memcpy(&time, stubs.memory + (PAGE_OF_CLOCK - STUB_MEMORY_BASE), sizeof(time));
	EXPECT_EQ(0, time.version % 2);
	EXPECT_EQ(1, time.flags);
	uint64_t ticks = time.shift < 0 ? (tsc - time.tsc) >> -time.shift : (tsc - time.tsc) << time.shift;
	return time.nanoseconds + (uint64_t)((unsigned __int128)ticks * time.multiplier >> 32);
}

TEST(VMS0105, "KVM's clock turns ticks into nanoseconds, at any frequency")
{
	static const uint32_t khz[] = {2500000, 1000000, 999999, 2000001, 4000000, 62500, 10000, 1, 5600000};
	for (unsigned int i = 0; i < sizeof(khz) / sizeof(khz[0]); i++) {
		reset();
		kvmclock_reset(&machine.clock, khz[i]);
		EXPECT_TRUE(msr_write(&machine, KVMCLOCK_MSR_SYSTEM_TIME, PAGE_OF_CLOCK | 1));
		uint64_t found = guest_nanoseconds(now + khz[i] * 3600000UL), hour = 3600000000000;
		EXPECT_TRUE(found <= hour && hour - found < hour / 1000000000 + 1000);
	}
}

TEST(VMS0106, "the clock goes on when the guest sets its counter")
{
	reset();
	EXPECT_TRUE(msr_write(&machine, KVMCLOCK_MSR_SYSTEM_TIME, PAGE_OF_CLOCK | 1));
	now += 2500000;
	EXPECT_TRUE(msr_write(&machine, TSC, 42));
	EXPECT_EQ(42, get(TSC));
	EXPECT_EQ(999999, guest_nanoseconds(42));
	now += 2500;
	EXPECT_EQ(2542, get(TSC));
}

TEST(VMS0110, "a timer that counts goes on when the guest sets its counter; one with a deadline of that counter has it still")
{
	enum { LVT_TIMER = 0x832, INITIAL_COUNT = 0x838, CURRENT_COUNT = 0x839, ENABLED = 0x1ff, ONE_SHOT = 0x40, DEADLINE = 0x40040 };
	reset();
	EXPECT_TRUE(msr_write(&machine, 0x80f, ENABLED));
	EXPECT_TRUE(msr_write(&machine, LVT_TIMER, ONE_SHOT));
	EXPECT_TRUE(msr_write(&machine, INITIAL_COUNT, 1000));
	stubs.reg[L4_VCPU_REG_APIC_DEADLINE] = stubs.timer;
	now += 500;
	EXPECT_TRUE(msr_write(&machine, TSC, 0));
	stubs.reg[L4_VCPU_REG_APIC_DEADLINE] = stubs.timer;
	EXPECT_EQ(750, get(CURRENT_COUNT)); /* it divides by 2 */
	EXPECT_TRUE(msr_write(&machine, LVT_TIMER, DEADLINE));
	stubs.timer = 0;
	stubs.reg[L4_VCPU_REG_APIC_DEADLINE] = 5000;
	EXPECT_TRUE(msr_write(&machine, TSC, 100));
	EXPECT_EQ(0, stubs.timer);
}

TEST(VMS0107, "the clock is written in the guest's memory only, and only while it is on")
{
	reset();
	EXPECT_TRUE(!msr_write(&machine, KVMCLOCK_MSR_SYSTEM_TIME, (STUB_MEMORY_BASE + STUB_MEMORY_SIZE - 28) | 1));
	EXPECT_TRUE(!msr_write(&machine, KVMCLOCK_MSR_SYSTEM_TIME, (PAGE_OF_CLOCK + 2) | 1));
	EXPECT_TRUE(!msr_write(&machine, KVMCLOCK_MSR_SYSTEM_TIME, UINT64_MAX));
	EXPECT_TRUE(msr_write(&machine, KVMCLOCK_MSR_SYSTEM_TIME, 0));
	EXPECT_TRUE(msr_write(&machine, KVMCLOCK_MSR_SYSTEM_TIME, UINT64_MAX - 1));
	EXPECT_TRUE(msr_write(&machine, TSC, 0));
	for (unsigned int i = 0; i < STUB_MEMORY_SIZE; i++)
		EXPECT_EQ(0, stubs.memory[i]);
	EXPECT_TRUE(!msr_write(&machine, KVMCLOCK_MSR_WALL_CLOCK, STUB_MEMORY_BASE - 4));
	EXPECT_TRUE(msr_write(&machine, KVMCLOCK_MSR_WALL_CLOCK, STUB_MEMORY_BASE + STUB_MEMORY_SIZE - 12));
	EXPECT_EQ(2, stubs.memory[STUB_MEMORY_SIZE - 12]);
}

TEST(VMS0108, "any sequence of numbers and values is answered or faults, and what was taken is read back")
{
	static const uint32_t bases[] = {0, 0x10, 0x2ff, 0x170, 0x1a0, 0x1d9, 0x200, 0x240, 0x260, 0x277, 0x2f0, 0x800, 0xc0000080, 0xc0000100, 0xc0010010,
					 KVMCLOCK_MSR_WALL_CLOCK};
	reset();
	for (unsigned int i = 0; i < 400000; i++) {
		uint64_t r = host_random(), value = host_random() >> (r >> 16 & 63), again;
		uint32_t msr = bases[r % (sizeof(bases) / sizeof(bases[0]))] + (r >> 8 & 31);
		if (r >> 24 & 1)
			value = (value & 0xfff) + STUB_MEMORY_BASE;
		else if (r >> 27 & 1)
			value &= 0xc07;
		stubs.refuses_registers = r >> 25 & 1;
		bool is_stored = (msr >= 0x200 && msr < 0x300) || msr == KVMCLOCK_MSR_SYSTEM_TIME;
		if (r >> 26 & 1 && msr_write(&machine, msr, value) && is_stored) {
			EXPECT_TRUE(msr_read(&machine, msr, &again));
			EXPECT_EQ(value, again);
		} else {
			msr_read(&machine, msr, &again);
		}
		stubs.reg[L4_VCPU_REG_APIC_DEADLINE] = stubs.timer;
	}
}
