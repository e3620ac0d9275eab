/* SPDX-License-Identifier: BSD-2-Clause */
/* The SBI specification, version 2.0: each function's success, and each error that a guest can cause. */
#include "test.h"

#define ALL_HARTS UINT64_MAX
#define SIP_SOFTWARE (1UL << IRQ_SOFTWARE)
#define SIP_TIMER (1UL << IRQ_TIMER)
#define NEVER UINT64_MAX

#define EXPECT_ERROR(expected, ...) EXPECT_EQ(expected, sbi_call(__VA_ARGS__).error)

/* OpenSBI 1.1, QEMU 7.2's firmware, is older than 2.0 and laxer in these points. */
#define ONLY_BULKHEAD() \
	do { \
		if (!platform.is_bulkhead) \
			return; \
	} while (0)

TEST(SBI0101, "BASE tells a version of the specification, 2.0 from us")
{
	struct sbi_result r = sbi_call(SBI_BASE, 0, 0, 0, 0);
	EXPECT_EQ(SBI_SUCCESS, r.error);
	EXPECT_TRUE(r.value >= 0x2);
	if (platform.is_bulkhead)
		EXPECT_EQ(0x2000000, r.value);
}

TEST(SBI0102, "BASE tells implementation and machine")
{
	for (uint64_t function = 1; function <= 6; function++)
		EXPECT_ERROR(SBI_SUCCESS, SBI_BASE, function, 0, 0, 0);
}

TEST(SBI0103, "BASE finds the extensions that exist, and no other")
{
	static const uint64_t existing[] = {SBI_BASE, SBI_TIME, SBI_IPI, SBI_RFENCE, SBI_HSM, SBI_SRST, SBI_LEGACY_PUTCHAR, SBI_LEGACY_GETCHAR};
	static const uint64_t others[] = {0x504d55, 0x12345678, 0x09000000, UINT64_MAX};
	for (size_t i = 0; i < sizeof(existing) / sizeof(existing[0]); i++)
		EXPECT_TRUE(sbi_call(SBI_BASE, 3, existing[i], 0, 0).value != 0);
	ONLY_BULKHEAD();
	EXPECT_TRUE(sbi_call(SBI_BASE, 3, SBI_DBCN, 0, 0).value != 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct sbi_result r = sbi_call(SBI_BASE, 3, others[i], 0, 0);
		EXPECT_EQ(SBI_SUCCESS, r.error);
		EXPECT_EQ(0, r.value);
	}
}

TEST(SBI0104, "an extension or function that does not exist is NOT_SUPPORTED")
{
	static const uint64_t extensions[] = {SBI_BASE, SBI_TIME, SBI_IPI, SBI_RFENCE, SBI_HSM, SBI_SRST};
	EXPECT_ERROR(SBI_NOT_SUPPORTED, 0x12345678, 0, 0, 0, 0);
	EXPECT_ERROR(SBI_NOT_SUPPORTED, UINT64_MAX, UINT64_MAX, 0, 0, 0);
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		EXPECT_ERROR(SBI_NOT_SUPPORTED, extensions[i], 99, 0, 0, 0);
	ONLY_BULKHEAD();
	EXPECT_ERROR(SBI_NOT_SUPPORTED, SBI_DBCN, 3, 0, 0, 0);
	EXPECT_ERROR(SBI_NOT_SUPPORTED, SBI_DBCN, 1UL << 32, 0, 0, 0);
}

TEST(SBI0105, "a call leaves all registers but a0 and a1 as they were")
{
	EXPECT_TRUE(registers_survive(SBI_BASE, 0));
	EXPECT_TRUE(registers_survive(0x12345678, 0));
	EXPECT_TRUE(registers_survive(SBI_LEGACY_GETCHAR, 0));
}

TEST(SBI0106, "a legacy call leaves a1 too")
{
	EXPECT_EQ(0x1234, sbi_call(SBI_LEGACY_GETCHAR, 0, 0, 0x1234, 0).value);
	EXPECT_EQ(0x1234, sbi_call(SBI_LEGACY_PUTCHAR, 0, '\n', 0x1234, 0).value);
}

TEST(SBI0201, "TIME makes the timer interrupt pending at its deadline and not before")
{
	EXPECT_ERROR(SBI_SUCCESS, SBI_TIME, 0, NEVER, 0, 0);
	EXPECT_TRUE(!trap_pending(IRQ_TIMER));
	uint64_t deadline = now() + platform.timebase / 100;
	EXPECT_ERROR(SBI_SUCCESS, SBI_TIME, 0, deadline, 0, 0);
	while (!trap_pending(IRQ_TIMER))
		EXPECT_TRUE(now() < deadline + PATIENCE * platform.timebase);
	EXPECT_TRUE(now() >= deadline);
	EXPECT_ERROR(SBI_SUCCESS, SBI_TIME, 0, NEVER, 0, 0);
}

TEST(SBI0202, "TIME with a deadline in the future takes the pending interrupt away")
{
	EXPECT_ERROR(SBI_SUCCESS, SBI_TIME, 0, 0, 0, 0);
	while (!trap_pending(IRQ_TIMER))
		;
	EXPECT_ERROR(SBI_SUCCESS, SBI_TIME, 0, NEVER, 0, 0);
	EXPECT_TRUE(!trap_pending(IRQ_TIMER));
}

TEST(SBI0301, "IPI to the own hart, by mask and as all harts")
{
	csr_clear(sip, SIP_SOFTWARE);
	EXPECT_ERROR(SBI_SUCCESS, SBI_IPI, 0, 1, 0, 0);
	EXPECT_TRUE(csr_read(sip) & SIP_SOFTWARE);
	csr_clear(sip, SIP_SOFTWARE);
	EXPECT_EQ(0, csr_read(sip) & SIP_SOFTWARE);
	EXPECT_ERROR(SBI_SUCCESS, SBI_IPI, 0, 0, ALL_HARTS, 0);
	EXPECT_TRUE(csr_read(sip) & SIP_SOFTWARE);
	csr_clear(sip, SIP_SOFTWARE);
}

static void clear_software(void)
{
	csr_clear(sip, SIP_SOFTWARE);
}

TEST(SBI0302, "an IPI interrupts, once each time")
{
	trap_on_interrupt(IRQ_SOFTWARE, clear_software);
	csr_set(sie, SIP_SOFTWARE);
	csr_set(sstatus, SSTATUS_SIE);
	for (uint64_t i = 1; i <= 100; i++) {
		EXPECT_ERROR(SBI_SUCCESS, SBI_IPI, 0, 1, 0, 0);
		EXPECT_EQ(i, trap_interrupts[IRQ_SOFTWARE]);
	}
}

TEST(SBI0303, "an IPI to nobody does nothing; to a hart that does not exist it is INVALID_PARAM")
{
	csr_clear(sip, SIP_SOFTWARE);
	EXPECT_ERROR(SBI_SUCCESS, SBI_IPI, 0, 0, 0, 0);
	EXPECT_EQ(0, csr_read(sip) & SIP_SOFTWARE);
	ONLY_BULKHEAD();
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_IPI, 0, 2, 0, 0);
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_IPI, 0, 3, 0, 0);
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_IPI, 0, 1, 1, 0);
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_IPI, 0, 1, 1UL << 63, 0);
	EXPECT_EQ(0, csr_read(sip) & SIP_SOFTWARE);
}

static uint32_t code[2] __attribute__((aligned(8)));

TEST(SBI0401, "RFENCE: an instruction written before FENCE_I is the one that runs")
{
	for (uint32_t value = 1; value < 4; value++) {
		code[0] = value << 20 | 0x513; /* addi a0, zero, value */
		code[1] = 0x8067;              /* ret */
		EXPECT_ERROR(SBI_SUCCESS, SBI_RFENCE, 0, 1, 0, 0);
		EXPECT_EQ(value, ((uint64_t(*)(void))(uintptr_t)code)());
	}
}

TEST(SBI0402, "RFENCE: SFENCE_VMA, of a range, of everything, of an address space")
{
	EXPECT_EQ(SBI_SUCCESS, sbi_call6(SBI_RFENCE, 1, 1, 0, 0x1000, 0x1000, 0, 0).error);
	EXPECT_EQ(SBI_SUCCESS, sbi_call6(SBI_RFENCE, 1, 1, 0, 0, UINT64_MAX, 0, 0).error);
	EXPECT_EQ(SBI_SUCCESS, sbi_call6(SBI_RFENCE, 1, 0, ALL_HARTS, 0, 0, 0, 0).error);
	EXPECT_EQ(SBI_SUCCESS, sbi_call6(SBI_RFENCE, 2, 1, 0, 0x1000, 0x1000, 3, 0).error);
}

TEST(SBI0403, "RFENCE: a hart that does not exist is INVALID_PARAM, fences of guests are NOT_SUPPORTED")
{
	ONLY_BULKHEAD();
	for (uint64_t function = 0; function <= 2; function++)
		EXPECT_ERROR(SBI_INVALID_PARAM, SBI_RFENCE, function, 2, 0, 0);
	for (uint64_t function = 3; function <= 6; function++)
		EXPECT_ERROR(SBI_NOT_SUPPORTED, SBI_RFENCE, function, 1, 0, 0);
}

TEST(SBI0501, "HSM: the own hart is started, and cannot be started again")
{
	struct sbi_result r = sbi_call(SBI_HSM, 2, 0, 0, 0);
	EXPECT_EQ(SBI_SUCCESS, r.error);
	EXPECT_EQ(0, r.value);
	EXPECT_ERROR(SBI_ALREADY_AVAILABLE, SBI_HSM, 0, 0, platform.memory_base + 0x200000, 0);
}

TEST(SBI0502, "HSM: a hart that does not exist is INVALID_PARAM")
{
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_HSM, 0, 77, platform.memory_base + 0x200000, 0);
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_HSM, 2, 77, 0, 0);
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_HSM, 2, UINT64_MAX, 0, 0);
}

TEST(SBI0503, "HSM: a suspension that keeps the hart's state returns; reserved kinds are INVALID_PARAM")
{
	csr_set(sie, SIP_TIMER);
	EXPECT_ERROR(SBI_SUCCESS, SBI_TIME, 0, now() + platform.timebase / 1000, 0, 0);
	EXPECT_ERROR(SBI_SUCCESS, SBI_HSM, 3, 0, 0, 0);
	EXPECT_ERROR(SBI_SUCCESS, SBI_TIME, 0, NEVER, 0, 0);
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_HSM, 3, 1, 0, 0);
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_HSM, 3, 0x80000001, 0, 0);
}

TEST(SBI0601, "SRST: reserved types and reasons are INVALID_PARAM")
{
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_SRST, 0, 3, 0, 0);
	ONLY_BULKHEAD();
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_SRST, 0, 0, 2, 0);
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_SRST, 0, 0xf0000000, 0, 0);
	EXPECT_ERROR(SBI_INVALID_PARAM, SBI_SRST, 0, 0, 0xe0000000, 0);
}

static char text[16] = "debug console\n";

TEST(SBI0701, "DBCN writes, all or a part, and tells how much")
{
	ONLY_BULKHEAD();
	struct sbi_result r = sbi_call(SBI_DBCN, 0, 14, (uint64_t)text, 0);
	EXPECT_EQ(SBI_SUCCESS, r.error);
	EXPECT_TRUE(r.value <= 14);
	r = sbi_call(SBI_DBCN, 0, 0, (uint64_t)text, 0);
	EXPECT_EQ(SBI_SUCCESS, r.error);
	EXPECT_EQ(0, r.value);
	EXPECT_ERROR(SBI_SUCCESS, SBI_DBCN, 2, '\n', 0, 0);
}

TEST(SBI0702, "DBCN reads without waiting")
{
	ONLY_BULKHEAD();
	char buffer[4] = {0};
	struct sbi_result r = sbi_call(SBI_DBCN, 1, sizeof(buffer), (uint64_t)buffer, 0);
	EXPECT_EQ(SBI_SUCCESS, r.error);
	EXPECT_TRUE(r.value <= sizeof(buffer));
}

TEST(SBI0703, "DBCN: any byte outside the guest's memory is INVALID_PARAM, for reading and writing")
{
	ONLY_BULKHEAD();
	uint64_t end = platform.memory_base + platform.memory_size;
	static const uint64_t nowhere[] = {0, UART_BASE, PLIC_BASE, 1UL << 40, UINT64_MAX - 7, 1UL << 63};
	for (uint64_t function = 0; function <= 1; function++) {
		for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++)
			EXPECT_ERROR(SBI_INVALID_PARAM, SBI_DBCN, function, 8, nowhere[i], 0);
		EXPECT_ERROR(SBI_INVALID_PARAM, SBI_DBCN, function, 8, platform.memory_base - 1, 0);
		EXPECT_ERROR(SBI_INVALID_PARAM, SBI_DBCN, function, 8, end - 7, 0);
		EXPECT_ERROR(SBI_INVALID_PARAM, SBI_DBCN, function, 8, end, 0);
		EXPECT_ERROR(SBI_INVALID_PARAM, SBI_DBCN, function, UINT64_MAX, (uint64_t)text, 0);
		EXPECT_ERROR(SBI_INVALID_PARAM, SBI_DBCN, function, platform.memory_size + 1, platform.memory_base, 0);
		EXPECT_ERROR(SBI_INVALID_PARAM, SBI_DBCN, function, 8, (uint64_t)text, 1);
	}
	EXPECT_ERROR(SBI_SUCCESS, SBI_DBCN, 0, 0, end, 0);
}

TEST(EXT0101, "BASE finds the extension")
{
	if (!platform.is_bulkhead)
		return;
	EXPECT_TRUE(sbi_call(SBI_BASE, 3, SBI_BULKHEAD, 0, 0).value != 0);
}

TEST(EXT0105, "slot 0, which is the VMM's own, is NOT_SUPPORTED, and nothing comes of the call")
{
	if (!platform.is_bulkhead)
		return;
	uint64_t deadline = now() + platform.timebase / 100;
	timer_set(deadline);
	struct slot_result r = slot_call(0, UINT64_MAX, 0, 0, 0, 0);
	EXPECT_EQ(SBI_NOT_SUPPORTED, r.error);
	EXPECT_EQ(0, r.value);
	while (!trap_pending(IRQ_TIMER))
		EXPECT_TRUE(now() < deadline + PATIENCE * platform.timebase);
	timer_set(NEVER);
}
