/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's system calls and the clock of this architecture, for programs without a C library. */
#pragma once

#include <stdint.h>

enum linux_call {
	LINUX_OPENAT = 56,
	LINUX_PIPE2 = 59,
	LINUX_READ = 63,
	LINUX_WRITE = 64,
	LINUX_EXIT = 93,
	LINUX_NANOSLEEP = 101,
	LINUX_SCHED_YIELD = 124,
	LINUX_GETPID = 172,
	LINUX_MUNMAP = 215,
	LINUX_CLONE = 220,
	LINUX_EXECVE = 221,
	LINUX_MMAP = 222,
	LINUX_MPROTECT = 226,
	LINUX_WAIT4 = 260,
};

static inline long linux_call(enum linux_call number, long a, long b, long c, long d, long e, long f)
{
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;
	register long a7 __asm__("a7") = number;
	__asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7) : "memory");
	return a0;
}

/* Executed instructions, where QEMU counts time by them: its clock of 10 MHz advances with every hundredth. */
static inline uint64_t linux_clock(void)
{
	uint64_t time;
	__asm__ volatile("rdtime %0" : "=r"(time) : : "memory");
	return time * 100;
}

/* Programs begin with their arguments on the stack. The linker may make addresses relative to gp. */
__asm__(".globl _start\n"
	"_start:\n\t"
	".option push\n\t"
	".option norelax\n\t"
	"la gp, __global_pointer$\n\t"
	".option pop\n\t"
	"mv a0, sp\n\t"
	"andi sp, sp, -16\n\t"
	"call work_main\n\t");
