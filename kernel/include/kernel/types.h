/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <l4/abi/types.h>

typedef l4_word_t word_t;
typedef uint64_t paddr_t; /* of the machine */
typedef uint64_t vaddr_t; /* of a user's space, or guest-physical in a guest's */
typedef uint64_t ticks_t; /* of the machine's clock */
typedef enum l4_error status_t;

#define PAGE_SIZE (1UL << L4_PAGE_BITS)
#define TICKS_NEVER UINT64_MAX
#define MUST_CHECK __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define container_of(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

static inline bool is_aligned(uint64_t value, unsigned bits)
{
	return (value & ((1UL << bits) - 1)) == 0;
}

static inline uint64_t align_up(uint64_t value, unsigned bits)
{
	uint64_t mask = (1UL << bits) - 1;
	return (value + mask) & ~mask;
}
