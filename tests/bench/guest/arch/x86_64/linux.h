/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's system calls and the clock of this architecture, for programs without a C library. */
#pragma once

#include <stdint.h>

enum linux_call {
	LINUX_WRITE = 1,
	LINUX_MMAP = 9,
	LINUX_MPROTECT = 10,
	LINUX_MUNMAP = 11,
	LINUX_SCHED_YIELD = 24,
	LINUX_NANOSLEEP = 35,
	LINUX_GETPID = 39,
	LINUX_CLONE = 56,
	LINUX_EXECVE = 59,
	LINUX_EXIT = 60,
	LINUX_WAIT4 = 61,
	LINUX_OPENAT = 257,
	LINUX_PIPE2 = 293,
	LINUX_READ = 0,
};

static inline long linux_call(enum linux_call number, long a, long b, long c, long d, long e, long f)
{
	long result = number;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	__asm__ volatile("syscall" : "+a"(result) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return result;
}

/* Executed instructions, where QEMU counts time by them. */
static inline uint64_t linux_clock(void)
{
	uint32_t low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* Programs begin with their arguments on the stack. */
__asm__(".globl _start\n"
	"_start:\n\t"
	"movq %rsp, %rdi\n\t"
	"andq $-16, %rsp\n\t"
	"call work_main\n\t");
