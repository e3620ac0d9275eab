/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/abi/types.h>

/* Slots of the first program's cnode at boot. */
enum l4_boot_slot {
	L4_BOOT_CNODE = 1,
	L4_BOOT_THREAD = 2,
	L4_BOOT_VSPACE = 3,
	L4_BOOT_SCHED_CONTEXT = 4,
	L4_BOOT_DOMAIN = 5,
	L4_BOOT_IRQ_CONTROL = 6,
	L4_BOOT_SYSTEM = 7,
	L4_BOOT_IO_PORT_CONTROL = 8, /* empty on architectures without I/O ports */
	L4_BOOT_INSPECTOR = 9,
	L4_BOOT_SCHEDULE_CONTROL = 10,
	L4_BOOT_TRACE = 11, /* empty but in a kernel that traces */
	L4_BOOT_UNTYPED = 16, /* the first of bootinfo.untyped_count slots, in the order of bootinfo.untyped */
};

#define L4_BOOT_CNODE_BITS 12 /* log2 of the slots of the first program's cnode */
#define L4_BOOTINFO_MAGIC 0x42554c4b48454144UL
#define L4_BOOTINFO_UNTYPED_MAX 160

struct l4_boot_untyped {
	l4_word_t paddr;
	uint32_t size_bits;
	uint32_t kind; /* enum l4_memory */
};

struct l4_boot_region {
	l4_word_t paddr;
	l4_word_t size; /* bytes; 0 where there is none */
};

/*
 * What the kernel tells the first program, in a page that is mapped read-only at the address in its first argument.
 * The device tree (or the architecture's like) and the boot bundle lie in untyped memory of kind L4_MEMORY_DEVICE, whose pieces cover
 * their pages exactly.
 */
struct l4_bootinfo {
	l4_word_t magic;
	l4_word_t ticks_per_second;
	l4_word_t min_budget;        /* ticks */
	l4_word_t ipc_buffer;        /* address of the first thread's IPC buffer */
	l4_word_t free_vaddr;        /* the first page-aligned address above what the kernel has mapped for the program */
	l4_word_t irq_lines;         /* lines 1 to irq_lines exist */
	l4_word_t first_message_line; /* those from this one on are raised by messages (irq_handler_message); irq_lines + 1 where there are none */
	l4_word_t has_vcpu;          /* 1 where guests can run */
	l4_word_t page_levels;       /* levels of a process's page tables */
	struct l4_boot_region devicetree;
	struct l4_boot_region bundle;
	l4_word_t untyped_count;
	struct l4_boot_untyped untyped[L4_BOOTINFO_UNTYPED_MAX];
};

_Static_assert(sizeof(struct l4_bootinfo) <= 1 << L4_PAGE_BITS, "bootinfo is one page");
