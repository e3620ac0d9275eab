/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses to where nothing is: the guest's faults are those of a real hart on a real bus. */
#include "test.h"

#define PAGE_BITS 12
#define PTE_VALID 1UL
#define PTE_RW (PTE_VALID | 6UL | 0xc0UL) /* with accessed and dirty */
#define PTE_RWX (PTE_RW | 8UL)
#define SATP_MODE_SHIFT 60
#define SATP_SV39 (8UL << SATP_MODE_SHIFT)
#define SATP_SV57 (10UL << SATP_MODE_SHIFT)
#define GIGA (1UL << 30)
#define MEGA2 (1UL << 21)

/* Table slot 64: addresses whose translations are special. */
#define ALIAS (64 * GIGA)

typedef void (*probe)(uint64_t address, uint64_t unused);

#define PROBE(name, instruction) \
	static void name(uint64_t address, uint64_t unused) \
	{ \
		(void)unused; \
		__asm__ volatile(instruction ::"r"(address) : "t0", "memory"); \
	}
PROBE(load_byte, "lb t0, (%0)")
PROBE(load_byte_unsigned, "lbu t0, (%0)")
PROBE(load_half, "lh t0, (%0)")
PROBE(load_word, "lw t0, (%0)")
PROBE(load_double, "ld t0, (%0)")
PROBE(load_compressed, "mv a5, %0\n c.lw a4, (a5)")
PROBE(load_reserved, "lr.w t0, (%0)")
PROBE(store_byte, "sb zero, (%0)")
PROBE(store_half, "sh zero, (%0)")
PROBE(store_word, "sw zero, (%0)")
PROBE(store_double, "sd zero, (%0)")
PROBE(store_compressed, "mv a5, %0\n c.sw a5, (a5)")
PROBE(add_atomic, "amoadd.w t0, zero, (%0)")
PROBE(swap_atomic, "amoswap.d t0, zero, (%0)")

static void jump(uint64_t address, uint64_t unused)
{
	(void)unused;
	((void (*)(void))address)();
}

static const probe loads[] = {load_byte, load_byte_unsigned, load_half, load_word, load_double, load_compressed, load_reserved};
static const probe stores[] = {store_byte, store_half, store_word, store_double, store_compressed};
static const probe atomics[] = {add_atomic, swap_atomic};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Above the guest's memory, and between its devices. */
static uint64_t nowhere(unsigned int i)
{
	const uint64_t addresses[] = {NOTHING_BASE, platform.memory_base + platform.memory_size, 1UL << 38};
	return addresses[i];
}
#define NOWHERE 3

TEST(FLT0101, "a load of nothing, of any kind, is a load access fault with the address")
{
	for (unsigned int i = 0; i < COUNT(loads); i++) {
		for (unsigned int j = 0; j < NOWHERE; j++) {
			EXPECT_TRAP(CAUSE_LOAD_ACCESS, loads[i], nowhere(j), 0);
			EXPECT_EQ(nowhere(j), trap_record.tval);
		}
	}
}

TEST(FLT0102, "a store to nothing is a store access fault with the address")
{
	for (unsigned int i = 0; i < COUNT(stores); i++) {
		for (unsigned int j = 0; j < NOWHERE; j++) {
			EXPECT_TRAP(CAUSE_STORE_ACCESS, stores[i], nowhere(j), 0);
			EXPECT_EQ(nowhere(j), trap_record.tval);
		}
	}
}

TEST(FLT0105, "an atomic operation on nothing is a store access fault with the address")
{
	uint64_t cause = CAUSE_STORE_ACCESS;
	/* The bus errors of QEMU 7.2 forget that the load was half of an atomic; QEMU 10 remembers. */
	if (!platform.is_bulkhead && trap_try(atomics[0], nowhere(0), 0) && trap_record.cause == CAUSE_LOAD_ACCESS)
		cause = CAUSE_LOAD_ACCESS;
	for (unsigned int i = 0; i < COUNT(atomics); i++) {
		for (unsigned int j = 0; j < NOWHERE; j++) {
			EXPECT_TRAP(cause, atomics[i], nowhere(j), 0);
			EXPECT_EQ(nowhere(j), trap_record.tval);
		}
	}
}

TEST(FLT0103, "a jump to nothing is a fetch access fault with the address")
{
	for (unsigned int j = 0; j < NOWHERE; j++) {
		EXPECT_TRAP(CAUSE_FETCH_ACCESS, jump, nowhere(j), 0);
		EXPECT_EQ(nowhere(j), trap_record.tval);
		EXPECT_EQ(nowhere(j), trap_record.epc);
	}
}

TEST(FLT0104, "a fault does not change the registers of the instruction, and can be repeated")
{
	for (unsigned int i = 0; i < 1000; i++)
		EXPECT_TRAP(CAUSE_LOAD_ACCESS, load_double, NOTHING_BASE + 8 * i, 0);
}

static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t middle[512] __attribute__((aligned(4096)));

static uint64_t pte(uint64_t address, uint64_t bits)
{
	return address >> PAGE_BITS << 10 | bits;
}

/* Identity below 4 GiB; from ALIAS on: a page of nothing, a table that is nowhere, a page without a translation. */
static void paging_on(void)
{
	for (unsigned int i = 0; i < 4; i++)
		root[i] = pte(i * GIGA, PTE_RWX);
	root[64] = pte((uint64_t)middle, PTE_VALID);
	middle[0] = pte(NOTHING_BASE & ~(MEGA2 - 1), PTE_RW);
	middle[1] = pte(NOTHING_BASE, PTE_VALID);
	middle[2] = 0;
	middle[3] = pte(platform.memory_base, PTE_RW);
	middle[4] = pte(UART_BASE, PTE_RW);
	csr_write(satp, SATP_SV39 | (uint64_t)root >> PAGE_BITS);
	__asm__ volatile("sfence.vma" ::: "memory");
}

TEST(FLT0201, "with paging, faults tell the virtual address")
{
	paging_on();
	uint64_t address = ALIAS + 0x123450;
	EXPECT_TRAP(CAUSE_LOAD_ACCESS, load_double, address, 0);
	EXPECT_EQ(address, trap_record.tval);
	EXPECT_TRAP(CAUSE_STORE_ACCESS, store_double, address, 0);
	EXPECT_EQ(address, trap_record.tval);
	EXPECT_TRAP(CAUSE_LOAD_ACCESS, load_compressed, address, 0);
	EXPECT_EQ(address, trap_record.tval);
}

TEST(FLT0202, "a page table that is nowhere makes an access fault of the access's own kind")
{
	if (!platform.is_bulkhead)
		return; /* QEMU 7.2 makes a page fault of it, against the specification */
	paging_on();
	uint64_t address = ALIAS + MEGA2 + 0x18;
	EXPECT_TRAP(CAUSE_LOAD_ACCESS, load_word, address, 0);
	EXPECT_EQ(address, trap_record.tval);
	EXPECT_TRAP(CAUSE_STORE_ACCESS, store_word, address, 0);
	EXPECT_EQ(address, trap_record.tval);
	EXPECT_TRAP(CAUSE_FETCH_ACCESS, jump, address, 0);
	EXPECT_EQ(address, trap_record.tval);
}

TEST(FLT0203, "the guest's own page faults are its own")
{
	paging_on();
	uint64_t address = ALIAS + 2 * MEGA2 + 0x18;
	EXPECT_TRAP(CAUSE_LOAD_PAGE, load_word, address, 0);
	EXPECT_EQ(address, trap_record.tval);
	EXPECT_TRAP(CAUSE_STORE_PAGE, store_word, address, 0);
	EXPECT_TRAP(CAUSE_FETCH_PAGE, jump, address, 0);
	EXPECT_TRAP(CAUSE_FETCH_PAGE, jump, ALIAS + 3 * MEGA2, 0);
}

TEST(FLT0204, "devices answer behind the guest's own translation")
{
	paging_on();
	uint64_t uart = ALIAS + 4 * MEGA2;
	write8(uart + 7, 0x5a);
	EXPECT_EQ(0x5a, read8(uart + 7));
	csr_write(satp, 0);
	__asm__ volatile("sfence.vma" ::: "memory");
	EXPECT_EQ(0x5a, read8(UART_BASE + 7));
}

static void change_translation(void)
{
	volatile uint64_t *first = (volatile uint64_t *)(platform.memory_base + (32UL << 20));
	volatile uint64_t *second = first + MEGA2 / sizeof(*first);
	volatile uint64_t *window = (volatile uint64_t *)(ALIAS + 3 * MEGA2);
	*first = 1;
	*second = 2;
	middle[3] = pte((uint64_t)first, PTE_RW);
	__asm__ volatile("sfence.vma" ::: "memory");
	EXPECT_EQ(1, *window);
	middle[3] = pte((uint64_t)second, PTE_RW);
	EXPECT_EQ(SBI_SUCCESS, sbi_call6(SBI_RFENCE, 1, 1, 0, (uint64_t)window, 4096, 0, 0).error);
	EXPECT_EQ(2, *window);
}

TEST(FLT0205, "a remote fence of the own hart makes a changed translation take effect")
{
	paging_on();
	change_translation();
}

TEST(FLT0206, "loads extend as their instruction says, from devices too")
{
	write8(UART_BASE + 7, 0x9c);
	int64_t value;
	__asm__ volatile("lb %0, 7(%1)" : "=r"(value) : "r"(UART_BASE));
	EXPECT_EQ((int8_t)0x9c, value);
	__asm__ volatile("lbu %0, 7(%1)" : "=r"(value) : "r"(UART_BASE));
	EXPECT_EQ(0x9c, value);
	uint64_t number = 0xa5a5a5a5;
	__asm__ volatile("mv a5, %1\n c.lw a4, 0(a5)\n mv %0, a4" : "=r"(value) : "r"(PLIC_BASE) : "a4", "a5");
	EXPECT_EQ(0, value);
	write32(PLIC_BASE + 4, 3);
	__asm__ volatile("mv a5, %2\n c.lw a4, 4(a5)\n mv %0, a4\n mv %1, a5" : "=r"(value), "=r"(number) : "r"(PLIC_BASE) : "a4", "a5");
	EXPECT_EQ(3, value);
	EXPECT_EQ(PLIC_BASE, number);
	__asm__ volatile("mv a5, %1\n li a4, 5\n c.sw a4, 4(a5)\n lw %0, 4(a5)" : "=r"(value) : "r"(PLIC_BASE) : "a4", "a5");
	EXPECT_EQ(5, value);
	write32(PLIC_BASE + 4, 0);
}

/* The same translations below two more levels of tables. False where the hart does not have them: it keeps its satp then. */
static bool five_levels_on(void)
{
	static uint64_t top[512] __attribute__((aligned(4096)));
	static uint64_t upper[512] __attribute__((aligned(4096)));
	paging_on();
	top[0] = pte((uint64_t)upper, PTE_VALID);
	upper[0] = pte((uint64_t)root, PTE_VALID);
	csr_write(satp, SATP_SV57 | (uint64_t)top >> PAGE_BITS);
	__asm__ volatile("sfence.vma" ::: "memory");
	return csr_read(satp) >> SATP_MODE_SHIFT == SATP_SV57 >> SATP_MODE_SHIFT;
}

TEST(FLT0207, "so does a remote fence under five levels of tables, where the hart has them")
{
	if (five_levels_on())
		change_translation();
}
