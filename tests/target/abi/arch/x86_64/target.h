/* SPDX-License-Identifier: BSD-2-Clause */
/* What portable cases must know of this architecture. */
#pragma once

#include <stdbool.h>

#include <l4/abi/arch.h>

/* Places in the order of thread_read_registers. */
#define REGISTER_PC 0
#define REGISTER_SP 5
#define REGISTER_ARGUMENT 8 /* rdi */
#define REGISTER_R11 12
#define REGISTER_RFLAGS 17
#define REGISTER_THREAD_POINTER 18

static inline bool register_is_message(int index)
{
	return index == 4 || (index >= 9 && index <= 16 && index != REGISTER_R11);
}

#define RFLAGS_ALWAYS 0x202UL /* interrupts on */
#define RFLAGS_USER 0x240dd5UL /* CF PF AF ZF SF TF DF OF AC ID */

/* What a new thread has in the registers that nobody has set. */
static inline l4_word_t register_initial(int index)
{
	return index == REGISTER_RFLAGS ? RFLAGS_ALWAYS : 0;
}

/* What a thread finds of a value that thread_write_registers was given. */
static inline l4_word_t register_kept(int index, l4_word_t value)
{
	if (index == REGISTER_RFLAGS)
		return (value & RFLAGS_USER) | RFLAGS_ALWAYS;
	if (index == REGISTER_PC || index == REGISTER_THREAD_POINTER)
		return value < L4_USER_END ? value : L4_USER_END;
	return value;
}

/* The first address that no process can map. */
static inline l4_word_t process_end(l4_word_t levels)
{
	(void)levels;
	return L4_USER_END;
}

/* Where the kernel, or nobody, has memory, as far as an access to it is a page fault: what is no address at all is a general protection fault (x86_64/faults.c). */
#define FORBIDDEN_PLACES                                                                                                                                 \
	0xffff800000000000, 0xffff800000200000, 0xffff800001000000, 0xffff840000000000, 0xffff840000200000, 0xffff840000201000, 0xffff848000000000,      \
		0xffff848000200000, 0xffff87fffffffff8, 0xffff880000000000, 0xffffffff80000000, 0xfffffffffffffff0, 0x7ffffffff000, 0x7ffffffffff0, 0xfee00000, \
		0xfec00000, 0x200000, 0

static inline bool has_gigapages(void)
{
	uint32_t eax = 0x80000001, ecx = 0, edx;

	__asm__ volatile("cpuid" : "+a"(eax), "+c"(ecx), "=d"(edx) : : "rbx");
	return edx >> 26 & 1;
}

/* The code of a return. */
#define CODE_RETURN 0xc3U

#define VCPU_BYTES 8192

/* No number from here on is a system call. */
#define SYSTEM_CALLS_END (L4_SYS_SET_THREAD_POINTER + 1)

/* What can be run can be read. */
#define CAN_HIDE_CODE false
