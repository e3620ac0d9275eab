/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/cpu.h>

#define STACK_SIZE (2 * PAGE_SIZE)

/* The stack grows down from the struct cpu, towards a page that is not mapped (map.c). */
struct processor {
	char guard[PAGE_SIZE];
	char stack[STACK_SIZE];
	struct cpu cpu;
} __attribute__((aligned(PAGE_SIZE)));

_Static_assert(offsetof(struct processor, cpu) % 16 == 0, "the stack's top is aligned");

/* One processor runs the system; the others stay where the firmware holds them. */
extern struct processor boot_processor;
