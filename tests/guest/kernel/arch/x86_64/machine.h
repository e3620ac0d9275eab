/* SPDX-License-Identifier: BSD-2-Clause */
/* A processor at privilege level 0 in 64-bit mode, its local APIC, and the machine's ports. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- Segments: the order that SYSRET wants --- */
enum selector { KERNEL_CODE = 0x08, KERNEL_DATA = 0x10, USER_DATA = 0x18 | 3, USER_CODE = 0x20 | 3, TASK_STATE = 0x28, USER_CODE32 = 0x38 | 3 };

/* --- Exceptions and interrupts --- */
enum vector {
	VECTOR_DIVIDE = 0, VECTOR_DEBUG = 1, VECTOR_NMI = 2, VECTOR_BREAKPOINT = 3, VECTOR_OVERFLOW = 4, VECTOR_BOUND = 5, VECTOR_INVALID_OPCODE = 6, VECTOR_NO_FPU = 7,
	VECTOR_DOUBLE_FAULT = 8, VECTOR_NOT_PRESENT = 11, VECTOR_STACK = 12, VECTOR_PROTECTION = 13, VECTOR_PAGE_FAULT = 14, VECTOR_ALIGNMENT = 17, VECTOR_FIRST_FREE = 32, VECTORS = 256,
};

struct trap_record {
	uint64_t cause; /* the vector */
	uint64_t error, address /* CR2 */, pc;
	uint64_t code; /* selector */
	uint64_t rax;
	bool from_user;
};

extern struct trap_record trap_record;              /* the last exception */
extern volatile uint64_t trap_interrupts[VECTORS];  /* how many of each were taken */
extern volatile unsigned int trap_last_interrupt;

/* What an interrupt does beside being counted and ended. */
typedef void (*interrupt_function)(void);
void trap_on_interrupt(unsigned int vector, interrupt_function function);

/* Sets up the tables for exceptions and privilege levels. */
void trap_setup(void);

/* To be run by trap_try: user mode goes on at `pc`, in the segment with this selector, until its first exception. */
void user_enter(uint64_t pc, uint64_t code);

/* 0: all registers but those of a hypercall's results are as before a call of that slot; else the number of one that is not. */
uint64_t registers_changed(uint64_t slot, uint64_t operation);

/* --- Registers --- */
enum msr {
	MSR_TSC = 0x10, MSR_APIC_BASE = 0x1b, MSR_MTRR_CAP = 0xfe, MSR_SYSENTER_CS = 0x174, MSR_MTRR_BASE0 = 0x200, MSR_PAT = 0x277, MSR_MTRR_DEFAULT = 0x2ff, MSR_TSC_DEADLINE = 0x6e0,
	MSR_KVM_SYSTEM_TIME = 0x4b564d01, MSR_EFER = 0xc0000080, MSR_STAR, MSR_LSTAR, MSR_CSTAR, MSR_SFMASK, MSR_FS_BASE = 0xc0000100, MSR_GS_BASE, MSR_KERNEL_GS_BASE,
};

static inline uint64_t msr_read(uint32_t number)
{
	uint32_t low, high;
	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
	return (uint64_t)high << 32 | low;
}

static inline void msr_write(uint32_t number, uint64_t value)
{
	__asm__ volatile("wrmsr" ::"c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

#define register_read(name) ({ uint64_t value_; __asm__ volatile("mov %%" #name ", %0" : "=r"(value_)::"memory"); value_; })
#define register_write(name, value) ({ __asm__ volatile("mov %0, %%" #name ::"r"((uint64_t)(value)) : "memory"); })

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid r;
	__asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
	return r;
}

static inline uint64_t now(void)
{
	uint32_t low, high;
	__asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

static inline void interrupts_on(void)
{
	__asm__ volatile("sti\n\tnop" ::: "memory");
}

static inline void interrupts_off(void)
{
	__asm__ volatile("cli" ::: "memory");
}

/* With interrupts on until one has come. */
static inline void wait_for_interrupt(void)
{
	__asm__ volatile("sti\n\thlt\n\tcli" ::: "memory");
}

/* --- Ports --- */
enum port {
	PORT_KEYBOARD = 0x64, PORT_POST = 0x80, PORT_UART = 0x3f8, PORT_SLEEP = 0x600, PORT_PCI_ADDRESS = 0xcf8, PORT_RESET = 0xcf9, PORT_PCI_DATA = 0xcfc,
};

static inline uint8_t in8(uint16_t port)
{
	uint8_t value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "d"(port));
	return value;
}

static inline uint16_t in16(uint16_t port)
{
	uint16_t value;
	__asm__ volatile("inw %1, %0" : "=a"(value) : "d"(port));
	return value;
}

static inline uint32_t in32(uint16_t port)
{
	uint32_t value;
	__asm__ volatile("inl %1, %0" : "=a"(value) : "d"(port));
	return value;
}

static inline void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" ::"a"(value), "d"(port));
}

static inline void out16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" ::"a"(value), "d"(port));
}

static inline void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" ::"a"(value), "d"(port));
}

/* --- Hypercalls: of the VMM, slot 0 --- */
enum hypercall { HYPERCALL_GET_VERSION, HYPERCALL_CONSOLE_WRITE, HYPERCALL_FAILED, HYPERCALL_UNKNOWN };

/* rax, rdi and rsi as the call leaves them. */
struct hypercall_result {
	int64_t status;
	uint64_t word[2];
};

static inline struct hypercall_result hypercall(uint64_t slot, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f)
{
	register uint64_t rax __asm__("rax") = slot;
	register uint64_t rdi __asm__("rdi") = a;
	register uint64_t rsi __asm__("rsi") = b;
	register uint64_t rdx __asm__("rdx") = c;
	register uint64_t r10 __asm__("r10") = d;
	register uint64_t r8 __asm__("r8") = e;
	register uint64_t r9 __asm__("r9") = f;
	__asm__ volatile("vmmcall" : "+r"(rax), "+r"(rdi), "+r"(rsi) : "r"(rdx), "r"(r10), "r"(r8), "r"(r9) : "memory");
	return (struct hypercall_result){(int64_t)rax, {rdi, rsi}};
}

/* --- The local APIC --- */
enum apic { APIC_ID = 0x802, APIC_VERSION, APIC_TPR = 0x808, APIC_PPR = 0x80a, APIC_EOI, APIC_LDR = 0x80d, APIC_SVR = 0x80f, APIC_ISR = 0x810, APIC_IRR = 0x820, APIC_ESR = 0x828, APIC_ICR = 0x830,
	    APIC_TIMER = 0x832, APIC_LVT_ERROR = 0x837, APIC_INITIAL = 0x838, APIC_CURRENT, APIC_DIVIDE = 0x83e, APIC_SELF = 0x83f };
enum { APIC_SVR_ENABLED = 0x1ff, APIC_MASKED = 1 << 16, APIC_PERIODIC = 1 << 17, APIC_DEADLINE = 2 << 17 };
