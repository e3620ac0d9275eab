/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial device and the interrupt controller. */
#include "test.h"

enum { RBR_THR = 0, IER = 1, IIR_FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7 };
#define LOOP 0x10
#define SIE_EXTERNAL (1UL << IRQ_EXTERNAL)

#define PLIC_PENDING (PLIC_BASE + 0x1000)
#define PLIC_ENABLE (PLIC_BASE + 0x2000 + 0x80 * hart.plic_context)
#define PLIC_THRESHOLD (PLIC_BASE + 0x200000 + 0x1000 * hart.plic_context)
#define PLIC_CLAIM (PLIC_THRESHOLD + 4)
#define PLIC_PRIORITY(source) (PLIC_BASE + 4 * (source))
#define SOURCE_BIT (1U << UART_SOURCE)

static uint8_t uart_get(unsigned int reg)
{
	return read8(UART_BASE + reg);
}

static void uart_set(unsigned int reg, uint8_t value)
{
	write8(UART_BASE + reg, value);
}

/* With the line drained first: what the firmware has printed must not end up in a loop. */
static void uart_quiet(void)
{
	while ((uart_get(LSR) & 0x60) != 0x60)
		;
	uart_set(IER, 0);
	uart_set(MCR, 0);
	uart_set(LCR, 3);
	uart_set(IIR_FCR, 7);
	while (uart_get(LSR) & 1)
		uart_get(RBR_THR);
	uart_get(IIR_FCR);
	uart_get(MSR);
}

/* The UART's source enabled at priority 1, above the threshold. */
static void plic_listen(void)
{
	write32(PLIC_PRIORITY(UART_SOURCE), 1);
	write32(PLIC_ENABLE, SOURCE_BIT);
	write32(PLIC_THRESHOLD, 0);
}

static void plic_quiet(void)
{
	uart_quiet();
	for (uint32_t source; (source = read32(PLIC_CLAIM));)
		write32(PLIC_CLAIM, source);
	write32(PLIC_ENABLE, 0);
	write32(PLIC_THRESHOLD, 0);
}

TEST(UAR0101, "the scratch register keeps a byte")
{
	for (unsigned int value = 0; value < 256; value += 15) {
		uart_set(SCR, value);
		EXPECT_EQ(value, uart_get(SCR));
	}
}

TEST(UAR0102, "the divisor is behind the latch bit, and nothing else is")
{
	uart_quiet();
	uart_set(IER, 5);
	uart_set(LCR, 0x83);
	uart_set(RBR_THR, 12);
	uart_set(IER, 1);
	EXPECT_EQ(12, uart_get(RBR_THR));
	EXPECT_EQ(1, uart_get(IER));
	uart_set(RBR_THR, 1);
	uart_set(IER, 0);
	uart_set(LCR, 3);
	EXPECT_EQ(5, uart_get(IER));
	EXPECT_EQ(3, uart_get(LCR));
	uart_quiet();
}

TEST(UAR0103, "the FIFOs announce themselves when they are enabled")
{
	uart_quiet();
	EXPECT_EQ(0xc0, uart_get(IIR_FCR) & 0xc0);
	uart_set(IIR_FCR, 0);
	EXPECT_EQ(0, uart_get(IIR_FCR) & 0xc0);
	uart_quiet();
}

TEST(UAR0104, "an idle transmitter is empty")
{
	uart_quiet();
	while ((uart_get(LSR) & 0x60) != 0x60)
		;
}

TEST(UAR0105, "looped back, the modem lines' outputs are its inputs")
{
	uart_quiet();
	uart_set(MCR, LOOP | 0xa);
	EXPECT_EQ(0x90, uart_get(MSR) & 0xf0);
	uart_set(MCR, LOOP | 0x5);
	EXPECT_EQ(0x60, uart_get(MSR) & 0xf0);
	uart_quiet();
}

TEST(UAR0106, "only the low four bits of IER exist")
{
	uart_quiet();
	uart_set(IER, 0xff);
	EXPECT_EQ(0x0f, uart_get(IER));
	uart_quiet();
}

TEST(PLC0101, "priorities, threshold and enable bits keep what fits; source 0 does not exist")
{
	write32(PLIC_PRIORITY(UART_SOURCE), 7);
	EXPECT_EQ(7, read32(PLIC_PRIORITY(UART_SOURCE)));
	write32(PLIC_THRESHOLD, 5);
	EXPECT_EQ(5, read32(PLIC_THRESHOLD));
	write32(PLIC_ENABLE, SOURCE_BIT);
	EXPECT_EQ(SOURCE_BIT, read32(PLIC_ENABLE));
	EXPECT_EQ(0, read32(PLIC_PRIORITY(0)));
	plic_quiet();
}

TEST(PLC0102, "a claim with nothing pending gives 0")
{
	plic_quiet();
	plic_listen();
	EXPECT_EQ(0, read32(PLIC_CLAIM));
	plic_quiet();
}

TEST(PLC0103, "the transmit interrupt goes through the PLIC: pending, claimed once, again after completion")
{
	plic_quiet();
	plic_listen();
	uart_set(IER, 2);
	EXPECT_EQ(SOURCE_BIT, read32(PLIC_PENDING) & SOURCE_BIT);
	EXPECT_TRUE(trap_pending(IRQ_EXTERNAL));
	EXPECT_EQ(UART_SOURCE, read32(PLIC_CLAIM));
	EXPECT_EQ(0, read32(PLIC_CLAIM));
	EXPECT_TRUE(!trap_pending(IRQ_EXTERNAL));
	if (platform.is_bulkhead) { /* QEMU does not look at the level again */
		write32(PLIC_CLAIM, UART_SOURCE); /* the device still asks */
		EXPECT_TRUE(trap_pending(IRQ_EXTERNAL));
		EXPECT_EQ(UART_SOURCE, read32(PLIC_CLAIM));
	}
	EXPECT_EQ(2, uart_get(IIR_FCR) & 0xf); /* reading it is the acknowledgement */
	EXPECT_EQ(1, uart_get(IIR_FCR) & 0xf);
	write32(PLIC_CLAIM, UART_SOURCE);
	EXPECT_TRUE(!trap_pending(IRQ_EXTERNAL));
	plic_quiet();
}

TEST(PLC0104, "enable, priority 0 and threshold each mask the interrupt")
{
	plic_quiet();
	plic_listen();
	uart_set(IER, 2);
	EXPECT_TRUE(trap_pending(IRQ_EXTERNAL));
	write32(PLIC_THRESHOLD, 1);
	EXPECT_TRUE(!trap_pending(IRQ_EXTERNAL));
	write32(PLIC_THRESHOLD, 0);
	EXPECT_TRUE(trap_pending(IRQ_EXTERNAL));
	write32(PLIC_PRIORITY(UART_SOURCE), 0);
	if (platform.is_bulkhead) /* QEMU sees this and the next at some later event */
		EXPECT_TRUE(!trap_pending(IRQ_EXTERNAL));
	write32(PLIC_PRIORITY(UART_SOURCE), 1);
	write32(PLIC_ENABLE, 0);
	if (platform.is_bulkhead)
		EXPECT_TRUE(!trap_pending(IRQ_EXTERNAL));
	write32(PLIC_ENABLE, SOURCE_BIT);
	EXPECT_TRUE(trap_pending(IRQ_EXTERNAL));
	plic_quiet();
}

static volatile uint32_t claimed;

static void serve_uart(void)
{
	claimed = read32(PLIC_CLAIM);
	uart_set(IER, 0);
	write32(PLIC_CLAIM, claimed);
}

TEST(PLC0105, "an external interrupt is taken, and ends a WFI")
{
	plic_quiet();
	plic_listen();
	trap_on_interrupt(IRQ_EXTERNAL, serve_uart);
	csr_set(sie, SIE_EXTERNAL);
	for (uint64_t i = 1; i <= 20; i++) {
		claimed = 0;
		uart_set(IER, 2);
		wait_for_interrupt();
		csr_set(sstatus, SSTATUS_SIE);
		while (trap_interrupts[IRQ_EXTERNAL] != i)
			;
		csr_clear(sstatus, SSTATUS_SIE);
		EXPECT_EQ(UART_SOURCE, claimed);
	}
	plic_quiet();
}

struct echo {
	bool came;
	uint32_t source;
	uint8_t interrupt, value;
	bool pending_after;
};

/* One byte through the loop. What is printed while it is closed would be lost in it, so it is open again when the caller judges. */
static struct echo echo_of(uint8_t value)
{
	struct echo echo = {0};
	uint64_t limit = now() + PATIENCE * platform.timebase;

	uart_set(MCR, LOOP);
	uart_set(RBR_THR, value);
	while (!echo.came && now() < limit)
		echo.came = uart_get(LSR) & 1;
	echo.source = read32(PLIC_CLAIM);
	echo.interrupt = uart_get(IIR_FCR);
	echo.value = uart_get(RBR_THR);
	write32(PLIC_CLAIM, echo.source);
	echo.pending_after = trap_pending(IRQ_EXTERNAL);
	uart_set(MCR, 0);
	return echo;
}

TEST(UAR0107, "looped back, a byte sent is received, and interrupts")
{
	plic_quiet();
	plic_listen();
	uart_set(IER, 1);
	for (unsigned int value = 1; value < 256; value += 50) {
		struct echo echo = echo_of(value);
		EXPECT_TRUE(echo.came);
		EXPECT_EQ(UART_SOURCE, echo.source);
		EXPECT_EQ(0x4, echo.interrupt & 0x4);
		EXPECT_EQ(value, echo.value);
		EXPECT_TRUE(!echo.pending_after);
	}
	plic_quiet();
}

static void read_width(uint64_t address, uint64_t width)
{
	uint64_t value;
	if (width == 1)
		__asm__ volatile("lb %0, (%1)" : "=r"(value) : "r"(address));
	else if (width == 2)
		__asm__ volatile("lh %0, (%1)" : "=r"(value) : "r"(address));
	else
		__asm__ volatile("ld %0, (%1)" : "=r"(value) : "r"(address));
}

TEST(PLC0106, "the PLIC answers words only")
{
	EXPECT_TRAP(CAUSE_LOAD_ACCESS, read_width, PLIC_PRIORITY(1), 1);
	EXPECT_TRAP(CAUSE_LOAD_ACCESS, read_width, PLIC_PRIORITY(1), 2);
	if (platform.is_bulkhead) /* QEMU makes two words of it */
		EXPECT_TRAP(CAUSE_LOAD_ACCESS, read_width, PLIC_PRIORITY(2), 8);
}
