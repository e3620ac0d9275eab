/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments, the task state segment, the interrupt descriptor table and the system-call registers. The selectors are also for assembly. */
#pragma once

/* SYSRET takes user SS at +8 and user CS at +16 of what STAR says. There is no 32-bit segment: nobody leaves 64-bit mode. */
#define SELECTOR_KERNEL_CS 0x08
#define SELECTOR_KERNEL_SS 0x10
#define SELECTOR_USER_SS (0x18 | 3)
#define SELECTOR_USER_CS (0x20 | 3)
#define SELECTOR_TSS 0x28
#define GDT_ENTRIES 7

#ifndef __ASSEMBLER__
#include <kernel/types.h>

/* Exceptions that may come where the stack pointer is not the kernel's have stacks of their own (IST 1 to 4). */
enum processor_ist { IST_NMI, IST_MACHINE_CHECK, IST_DOUBLE_FAULT, IST_DEBUG, IST_COUNT };

/* The task state segment, in the manuals' layout: its 64-bit fields are not aligned. */
struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3;
	uint16_t iomap_base;
} __attribute__((packed));

_Static_assert(sizeof(struct tss) == 104, "the manuals' layout");

struct processor;

/* Loads this processor's tables; from then on traps are told by context.S. */
void descriptors_boot(struct processor *processor);
#endif
