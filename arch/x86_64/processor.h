/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <arch/layout.h>
#include <kernel/cpu.h>

#include "descriptors.h"

#define STACK_SIZE (6 * PAGE_SIZE)

/* A stack of one page grows down towards a page that is not mapped (map.c). */
struct processor_stack {
	char guard[PAGE_SIZE];
	char stack[PAGE_SIZE];
};

/* What belongs to one processor alone, in an aligned block: wherever its stack pointer is in there, its struct cpu is found (arch/cpu.h). */
struct processor {
	struct cpu cpu;
	struct tss tss;
	uint64_t gdt[GDT_ENTRIES];
	struct processor_stack ist[IST_COUNT] __attribute__((aligned(PAGE_SIZE)));
	char guard[PAGE_SIZE];
	char stack[STACK_SIZE];
} __attribute__((aligned(PROCESSOR_SIZE)));

_Static_assert(offsetof(struct processor, ist) == PAGE_SIZE && sizeof(struct processor) == PROCESSOR_SIZE, "cpu_self masks the stack pointer");

/* One processor runs the system; the others stay where the firmware has left them. */
extern struct processor boot_processor;
