/* SPDX-License-Identifier: BSD-2-Clause */
/* A hart in S mode and its firmware. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- What the device tree tells beside struct platform --- */
struct hart {
	unsigned int plic_context;  /* of hart 0 in S mode */
	bool has_sstc;
	uint64_t scounteren;        /* as the firmware left it */
};
extern struct hart hart;

/* Reads the device tree; false where it makes no sense. */
bool platform_read(const void *devicetree);

/* --- SBI --- */
struct sbi_result {
	int64_t error;
	uint64_t value;
};

static inline struct sbi_result sbi_call6(uint64_t extension, uint64_t function, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f)
{
	register uint64_t a0 __asm__("a0") = a;
	register uint64_t a1 __asm__("a1") = b;
	register uint64_t a2 __asm__("a2") = c;
	register uint64_t a3 __asm__("a3") = d;
	register uint64_t a4 __asm__("a4") = e;
	register uint64_t a5 __asm__("a5") = f;
	register uint64_t a6 __asm__("a6") = function;
	register uint64_t a7 __asm__("a7") = extension;
	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a6), "r"(a7) : "memory");
	return (struct sbi_result){(int64_t)a0, a1};
}

static inline struct sbi_result sbi_call(uint64_t extension, uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	return sbi_call6(extension, function, a, b, c, 0, 0, 0);
}

enum sbi_extension {
	SBI_LEGACY_PUTCHAR = 1,
	SBI_LEGACY_GETCHAR = 2,
	SBI_BASE = 0x10,
	SBI_TIME = 0x54494d45,
	SBI_IPI = 0x735049,
	SBI_RFENCE = 0x52464e43,
	SBI_HSM = 0x48534d,
	SBI_SRST = 0x53525354,
	SBI_DBCN = 0x4442434e,
	SBI_BULKHEAD = 0x0a424c4b,
};

enum sbi_error {
	SBI_SUCCESS = 0,
	SBI_FAILED = -1,
	SBI_NOT_SUPPORTED = -2,
	SBI_INVALID_PARAM = -3,
	SBI_DENIED = -4,
	SBI_INVALID_ADDRESS = -5,
	SBI_ALREADY_AVAILABLE = -6,
};

enum { SBI_SHUTDOWN = 0, SBI_COLD_REBOOT = 1, SBI_WARM_REBOOT = 2 };
__attribute__((noreturn)) void machine_reset(uint64_t type, uint64_t reason);

/* --- Traps --- */
enum cause {
	CAUSE_FETCH_ACCESS = 1,
	CAUSE_ILLEGAL = 2,
	CAUSE_BREAKPOINT = 3,
	CAUSE_LOAD_MISALIGNED = 4,
	CAUSE_LOAD_ACCESS = 5,
	CAUSE_STORE_ACCESS = 7,
	CAUSE_USER_ECALL = 8,
	CAUSE_FETCH_PAGE = 12,
	CAUSE_LOAD_PAGE = 13,
	CAUSE_STORE_PAGE = 15,
};

enum { IRQ_SOFTWARE = 1, IRQ_TIMER = 5, IRQ_EXTERNAL = 9, IRQS = 16 };

struct trap_record {
	uint64_t cause, tval, epc;
	bool from_user;
	uint64_t a0; /* at the exception */
};

extern struct trap_record trap_record;            /* the last exception */
extern volatile uint64_t trap_interrupts[IRQS];   /* how many of each were taken */

/* What an interrupt does beside being counted; null: it masks itself in sie. */
typedef void (*interrupt_function)(void);
void trap_on_interrupt(unsigned int irq, interrupt_function function);

/*
 * Is the interrupt pending? Found out by taking it: QEMU 7.2 shows a guest only one bit of sip, the software interrupt's.
 */
bool trap_pending(unsigned int irq);

void user_enter(uint64_t pc, uint64_t argument);
int registers_survive(uint64_t extension, uint64_t function);

/* --- Registers --- */
#define csr_read(name) ({ uint64_t value_; __asm__ volatile("csrr %0, " #name : "=r"(value_)::"memory"); value_; })
#define csr_write(name, value) ({ __asm__ volatile("csrw " #name ", %0" ::"r"((uint64_t)(value)) : "memory"); })
#define csr_set(name, value) ({ __asm__ volatile("csrs " #name ", %0" ::"r"((uint64_t)(value)) : "memory"); })
#define csr_clear(name, value) ({ __asm__ volatile("csrc " #name ", %0" ::"r"((uint64_t)(value)) : "memory"); })
#define SSTATUS_SIE 2UL
#define CSR_STIMECMP 0x14d

static inline uint64_t now(void)
{
	uint64_t ticks;
	__asm__ volatile("rdtime %0" : "=r"(ticks)::"memory");
	return ticks;
}

static inline void wait_for_interrupt(void)
{
	__asm__ volatile("wfi" ::: "memory");
}

static inline uint8_t read8(uint64_t address)
{
	uint8_t value;
	__asm__ volatile("lbu %0, (%1)" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void write8(uint64_t address, uint8_t value)
{
	__asm__ volatile("sb %0, (%1)" ::"r"(value), "r"(address) : "memory");
}

static inline uint32_t read32(uint64_t address)
{
	uint32_t value;
	__asm__ volatile("lwu %0, (%1)" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void write32(uint64_t address, uint32_t value)
{
	__asm__ volatile("sw %0, (%1)" ::"r"(value), "r"(address) : "memory");
}

#define UART_BASE 0x10000000UL
#define UART_SOURCE 10
#define PLIC_BASE 0x0c000000UL
#define NOTHING_BASE 0x11000000UL /* no device and no memory, neither here nor on QEMU's virt machine */
