/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC, its timer, and HLT. */
#include "test.h"

enum { LOW = 0x31, HIGH = 0x91, TIMER = 0x51 };
#define NEVER 0

static uint64_t milliseconds(uint64_t count)
{
	return count * platform.timebase / 1000;
}

static void pause_with_interrupts(void)
{
	interrupts_on();
	interrupts_off();
}

TEST(APC0101, "an interrupt to oneself comes when interrupts are on, by both registers")
{
	msr_write(APIC_SELF, LOW);
	EXPECT_EQ(1, msr_read(APIC_IRR + LOW / 32) >> LOW % 32 & 1);
	EXPECT_EQ(0, trap_interrupts[LOW]);
	pause_with_interrupts();
	EXPECT_EQ(1, trap_interrupts[LOW]);
	msr_write(APIC_ICR, 0x40000 | HIGH);
	pause_with_interrupts();
	EXPECT_EQ(1, trap_interrupts[HIGH]);
	msr_write(APIC_ICR, 1UL << 32 | HIGH); /* to nobody */
	pause_with_interrupts();
	EXPECT_EQ(1, trap_interrupts[HIGH]);
}

TEST(APC0102, "the highest comes first, and the task priority holds back")
{
	msr_write(APIC_TPR, 0x40);
	msr_write(APIC_SELF, LOW);
	msr_write(APIC_SELF, HIGH);
	pause_with_interrupts();
	EXPECT_EQ(1, trap_interrupts[HIGH]);
	EXPECT_EQ(0, trap_interrupts[LOW]);
	EXPECT_EQ(0x40, msr_read(APIC_PPR));
	msr_write(APIC_TPR, 0);
	pause_with_interrupts();
	EXPECT_EQ(1, trap_interrupts[LOW]);
	EXPECT_EQ(LOW, trap_last_interrupt);
}

TEST(APC0107, "of the task priority's own class none comes, whatever the rest of it says; of the next class all do")
{
	static const uint8_t priorities[] = {0x30, 0x31, 0x3f};
	for (size_t i = 0; i < sizeof(priorities); i++) {
		msr_write(APIC_TPR, priorities[i]);
		msr_write(APIC_SELF, LOW);
		msr_write(APIC_SELF, LOW | 0xf);
		pause_with_interrupts();
		EXPECT_EQ(0, trap_interrupts[LOW]);
		EXPECT_EQ(0, trap_interrupts[LOW | 0xf]);
		msr_write(APIC_TPR, 0x2f);
		pause_with_interrupts();
		pause_with_interrupts();
		EXPECT_EQ(1, trap_interrupts[LOW]);
		EXPECT_EQ(1, trap_interrupts[LOW | 0xf]);
		trap_interrupts[LOW] = trap_interrupts[LOW | 0xf] = 0;
	}
	msr_write(APIC_TPR, 0xf0);
	msr_write(APIC_SELF, 0xff);
	pause_with_interrupts();
	EXPECT_EQ(0, trap_interrupts[0xff]);
}

static void halt_until_timer(void)
{
	msr_write(APIC_TIMER, APIC_DEADLINE | TIMER);
	msr_write(MSR_TSC_DEADLINE, now() + milliseconds(1));
	wait_for_interrupt();
}

TEST(APC0108, "one of the task priority's own class does not end HLT")
{
	msr_write(APIC_TPR, LOW & 0xf0);
	msr_write(APIC_SELF, LOW);
	halt_until_timer();
	EXPECT_EQ(1, trap_interrupts[TIMER]);
	EXPECT_EQ(0, trap_interrupts[LOW]);
}

TEST(APC0106, "CR8 is the task priority")
{
	register_write(cr8, 5);
	EXPECT_EQ(0x50, msr_read(APIC_TPR));
	msr_write(APIC_TPR, 0x30);
	EXPECT_EQ(3, register_read(cr8));
}

static uint64_t flags(void)
{
	uint64_t value;
	__asm__ volatile("pushfq\n\tpopq %0" : "=r"(value));
	return value;
}

/* While an interrupt is requested QEMU's writes of CR8 are done by steps, of which nothing is to be seen. */
TEST(APC0109, "CR8 holds back an interrupt that waits, and lets it through")
{
	enum { TRAP = 1 << 8 };
	uint64_t dr6 = register_read(dr6);
	msr_write(APIC_SELF, LOW);
	register_write(cr8, 0xf);
	pause_with_interrupts();
	EXPECT_EQ(0, trap_interrupts[LOW]);
	register_write(cr8, LOW >> 4);
	pause_with_interrupts();
	EXPECT_EQ(0, trap_interrupts[LOW]);
	register_write(cr8, (LOW >> 4) - 1);
	EXPECT_EQ((LOW >> 4) - 1, register_read(cr8));
	EXPECT_EQ(0, flags() & TRAP);
	EXPECT_EQ(dr6, register_read(dr6));
	EXPECT_EQ(0, trap_interrupts[LOW]);
	pause_with_interrupts();
	EXPECT_EQ(1, trap_interrupts[LOW]);
	interrupts_on();
	register_write(cr8, 0xf);
	msr_write(APIC_SELF, LOW);
	register_write(cr8, 0);
	interrupts_off();
	EXPECT_EQ(2, trap_interrupts[LOW]);
}

static void step_over(uint64_t a, uint64_t b)
{
	(void)a;
	(void)b;
	__asm__ volatile("pushf\n\torq $0x100, (%%rsp)\n\tpopf\n\tmovq %0, %%cr8\n\tstepped_over: nop" ::"r"(0UL) : "memory", "cc");
}

TEST(APC0110, "a guest that steps through a write of CR8 sees its own step")
{
	extern const char stepped_over[];
	enum { SINGLE_STEP = 1 << 14 };
	uint64_t dr6 = register_read(dr6);
	msr_write(APIC_SELF, LOW);
	EXPECT_TRAP(VECTOR_DEBUG, step_over, 0, 0);
	EXPECT_EQ((uint64_t)stepped_over, trap_record.pc);
	EXPECT_EQ(SINGLE_STEP, register_read(dr6) & SINGLE_STEP);
	register_write(dr6, dr6);
}

static uint64_t seen_isr, seen_low;

static void look(void)
{
	seen_isr = msr_read(APIC_ISR + HIGH / 32) >> HIGH % 32 & 1;
	msr_write(APIC_SELF, LOW);
	interrupts_on();
	interrupts_off();
	seen_low = trap_interrupts[LOW];
}

TEST(APC0103, "while one is served a lower one waits")
{
	trap_on_interrupt(HIGH, look);
	msr_write(APIC_SELF, HIGH);
	pause_with_interrupts();
	EXPECT_EQ(1, seen_isr);
	EXPECT_EQ(0, seen_low);
	pause_with_interrupts();
	EXPECT_EQ(1, trap_interrupts[LOW]);
	EXPECT_EQ(0, msr_read(APIC_ISR + HIGH / 32));
}

TEST(APC0104, "a non-maskable interrupt comes whatever the flag says")
{
	msr_write(APIC_ICR, 0x40400);
	cpuid(0, 0);
	EXPECT_EQ(1, trap_interrupts[VECTOR_NMI]);
}

TEST(APC0105, "while the APIC is disabled interrupts wait")
{
	msr_write(APIC_SVR, 0xff);
	msr_write(APIC_SELF, LOW);
	pause_with_interrupts();
	EXPECT_EQ(0, trap_interrupts[LOW]);
	msr_write(APIC_SVR, APIC_SVR_ENABLED);
	pause_with_interrupts();
	EXPECT_EQ(1, trap_interrupts[LOW]);
}

TEST(TIM0101, "the deadline wakes a processor that waits, and not before")
{
	msr_write(APIC_TIMER, APIC_DEADLINE | TIMER);
	uint64_t deadline = now() + milliseconds(2);
	msr_write(MSR_TSC_DEADLINE, deadline);
	EXPECT_EQ(deadline, msr_read(MSR_TSC_DEADLINE));
	while (!trap_interrupts[TIMER])
		wait_for_interrupt();
	EXPECT_TRUE(now() >= deadline);
	EXPECT_EQ(0, msr_read(MSR_TSC_DEADLINE));
	EXPECT_EQ(1, trap_interrupts[TIMER]);
}

TEST(TIM0102, "the deadline interrupts a processor that computes; one that is taken back does not")
{
	msr_write(APIC_TIMER, APIC_DEADLINE | TIMER);
	uint64_t deadline = now() + milliseconds(1);
	msr_write(MSR_TSC_DEADLINE, deadline);
	msr_write(MSR_TSC_DEADLINE, NEVER);
	bool in_time = now() < deadline; /* else others had the processor meanwhile */
	uint64_t end = now() + milliseconds(3);
	interrupts_on();
	while (now() < end)
		;
	EXPECT_TRUE(!in_time || !trap_interrupts[TIMER]);
	trap_interrupts[TIMER] = 0;
	msr_write(MSR_TSC_DEADLINE, now() + milliseconds(1));
	end = now() + milliseconds(2000);
	while (!trap_interrupts[TIMER] && now() < end)
		;
	interrupts_off();
	EXPECT_EQ(1, trap_interrupts[TIMER]);
}

TEST(TIM0103, "the count fires once, and its rest can be read")
{
	msr_write(APIC_DIVIDE, 0); /* by 2 */
	msr_write(APIC_TIMER, TIMER);
	uint64_t start = now();
	msr_write(APIC_INITIAL, milliseconds(2) / 2);
	EXPECT_TRUE(msr_read(APIC_CURRENT) <= milliseconds(2) / 2);
	while (!trap_interrupts[TIMER])
		wait_for_interrupt();
	EXPECT_TRUE(now() - start >= milliseconds(2));
	EXPECT_EQ(0, msr_read(APIC_CURRENT));
	EXPECT_EQ(0, msr_read(MSR_TSC_DEADLINE));
}

TEST(TIM0104, "the periodic count fires again and again, masked it does not")
{
	msr_write(APIC_DIVIDE, 0xb); /* by 1 */
	msr_write(APIC_TIMER, APIC_PERIODIC | TIMER);
	uint64_t start = now();
	msr_write(APIC_INITIAL, milliseconds(1));
	while (trap_interrupts[TIMER] < 4)
		wait_for_interrupt();
	EXPECT_TRUE(now() - start >= milliseconds(4));
	msr_write(APIC_TIMER, APIC_PERIODIC | APIC_MASKED | TIMER);
	pause_with_interrupts();
	uint64_t taken = trap_interrupts[TIMER], end = now() + milliseconds(3);
	interrupts_on();
	while (now() < end)
		;
	interrupts_off();
	EXPECT_EQ(taken, trap_interrupts[TIMER]);
}
