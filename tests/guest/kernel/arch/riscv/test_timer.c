/* SPDX-License-Identifier: BSD-2-Clause */
/* The timer and waiting for interrupts. */
#include "test.h"

#define SIE_TIMER (1UL << IRQ_TIMER)
#define SIE_SOFTWARE (1UL << IRQ_SOFTWARE)
#define NEVER UINT64_MAX

static void timer_off(void)
{
	sbi_call(SBI_TIME, 0, NEVER, 0, 0);
}

/* For who looks whether it has come, and then waits: in between it may come. */
static void timer_again(void)
{
	sbi_call(SBI_TIME, 0, now() + platform.timebase / 50, 0, 0);
}

static void stimecmp_write(uint64_t deadline)
{
	__asm__ volatile("csrw %0, %1" ::"i"(CSR_STIMECMP), "r"(deadline) : "memory");
}

TEST(TIM0101, "time runs, and never backwards")
{
	uint64_t start = now(), last = start;
	for (unsigned int i = 0; i < 10000; i++) {
		uint64_t time = now();
		EXPECT_TRUE(time >= last);
		last = time;
	}
	while (now() == start)
		;
}

TEST(TIM0102, "the timer interrupts, once for each deadline")
{
	trap_on_interrupt(IRQ_TIMER, timer_off);
	csr_set(sie, SIE_TIMER);
	csr_set(sstatus, SSTATUS_SIE);
	for (uint64_t i = 1; i <= 20; i++) {
		uint64_t deadline = now() + platform.timebase / 1000;
		sbi_call(SBI_TIME, 0, deadline, 0, 0);
		while (trap_interrupts[IRQ_TIMER] != i)
			EXPECT_TRUE(now() < deadline + PATIENCE * platform.timebase);
		EXPECT_TRUE(now() >= deadline);
	}
}

TEST(TIM0103, "stimecmp does the same without firmware where the device tree promises Sstc")
{
	if (!hart.has_sstc)
		return;
	stimecmp_write(NEVER);
	EXPECT_TRUE(!trap_pending(IRQ_TIMER));
	uint64_t deadline = now() + platform.timebase / 1000;
	stimecmp_write(deadline);
	while (!trap_pending(IRQ_TIMER))
		EXPECT_TRUE(now() < deadline + PATIENCE * platform.timebase);
	EXPECT_TRUE(now() >= deadline);
	stimecmp_write(NEVER);
	EXPECT_TRUE(!trap_pending(IRQ_TIMER));
}

TEST(TIM0104, "without Sstc in the device tree stimecmp is an illegal instruction")
{
	if (hart.has_sstc || !platform.is_bulkhead)
		return;
	EXPECT_TRAP(CAUSE_ILLEGAL, (void (*)(uint64_t, uint64_t))(void *)stimecmp_write, NEVER, 0);
}

TEST(WFI0101, "WFI ends when the timer is due, with interrupts enabled")
{
	trap_on_interrupt(IRQ_TIMER, timer_again);
	csr_set(sie, SIE_TIMER);
	for (unsigned int i = 0; i < 20; i++) {
		uint64_t before = trap_interrupts[IRQ_TIMER], deadline = now() + platform.timebase / 500;
		sbi_call(SBI_TIME, 0, deadline, 0, 0);
		csr_set(sstatus, SSTATUS_SIE);
		while (trap_interrupts[IRQ_TIMER] == before)
			wait_for_interrupt();
		csr_clear(sstatus, SSTATUS_SIE);
		EXPECT_TRUE(now() >= deadline);
		EXPECT_TRUE(now() < deadline + PATIENCE * platform.timebase);
	}
	timer_off();
}

TEST(WFI0102, "WFI ends when an interrupt is pending that sie has and sstatus does not let through")
{
	csr_set(sie, SIE_TIMER);
	uint64_t deadline = now() + platform.timebase / 500;
	sbi_call(SBI_TIME, 0, deadline, 0, 0);
	while (!trap_pending(IRQ_TIMER)) /* which QEMU may show a bit late */
		wait_for_interrupt();
	EXPECT_TRUE(now() >= deadline);
	EXPECT_EQ(0, trap_interrupts[IRQ_TIMER]);
	wait_for_interrupt(); /* still pending: at once */
	timer_off();
}

TEST(WFI0103, "WFI ends at once when a software interrupt is pending")
{
	csr_set(sie, SIE_SOFTWARE);
	sbi_call(SBI_IPI, 0, 1, 0, 0);
	wait_for_interrupt();
	csr_clear(sip, SIE_SOFTWARE);
}

TEST(WFI0104, "a pending interrupt that sie does not have does not disturb a wait for another")
{
	sbi_call(SBI_IPI, 0, 1, 0, 0);
	csr_set(sie, SIE_TIMER);
	uint64_t deadline = now() + platform.timebase / 500;
	sbi_call(SBI_TIME, 0, deadline, 0, 0);
	while (!trap_pending(IRQ_TIMER)) /* which QEMU may show a bit late */
		wait_for_interrupt();
	EXPECT_TRUE(now() >= deadline);
	timer_off();
	csr_clear(sip, SIE_SOFTWARE);
}
