/* SPDX-License-Identifier: BSD-2-Clause */
/* What portable cases must know of this architecture. */
#pragma once

#include <stdbool.h>

#include <l4/abi/arch.h>

/* Places in the order of thread_read_registers. */
#define REGISTER_PC 0
#define REGISTER_SP 2
#define REGISTER_THREAD_POINTER 4
#define REGISTER_ARGUMENT 10

static inline bool register_is_message(int index)
{
	return index >= 18 && index <= 25;
}

/* What a new thread has in the registers that nobody has set. */
static inline l4_word_t register_initial(int index)
{
	(void)index;
	return 0;
}

/* What a thread finds of a value that thread_write_registers was given. */
static inline l4_word_t register_kept(int index, l4_word_t value)
{
	return index == REGISTER_PC ? value & ~1UL : value;
}

/* The first address that no process can map. */
static inline l4_word_t process_end(l4_word_t levels)
{
	return 1UL << (L4_PAGE_BITS + 9 * levels - 1);
}

/* Where the kernel, or nobody, has memory. Some lie in a process's reach if it is large. */
#define FORBIDDEN_PLACES                                                                                                                                 \
	0xffffffc000000000, 0xffffffc080000000, 0xffffffc080200000, 0xffffffff80000000, 0xffffffff80200000, 0xffffffff80201000, 0xffffffffc0000000,      \
		0xffffffffc0200000, 0xffffffffc0400000, 0xfffffffffffffff8, 0xffff800000000000, 0x8000000000000000, 0x4000000000, 0x800000000000,         \
		0x0000000080000000, 0x80200000, 0x10000000000000, 0

static inline bool has_gigapages(void)
{
	return true;
}

/* The code of a return. */
#define CODE_RETURN 0x00008067U

#define VCPU_BYTES 1024

/* No number from here on is a system call. */
#define SYSTEM_CALLS_END 6

/* A page can be run and not read. */
#define CAN_HIDE_CODE true
