/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What init hands to the monitor: the description of the system, and where in the monitor's cnode everything lies that is needed to build it.
 * The monitor finds it (read-only) at the address "manifest" of its startup block. When it starts, the slots are still being
 * filled; they are complete when init has called the monitor's endpoint with label MANIFEST_COMPLETE.
 */
#pragma once

#include <l4/abi/types.h>
#include <servers/system.h>

#define MANIFEST_COMPLETE 2   /* below all labels of servers/monitor.h but L4_MONITOR_EXIT */
#define MANIFEST_BUNDLE_RUNS 64
#define MANIFEST_SEEDS 4
#define MANIFEST_GUEST_PIECES 16
#define MANIFEST_PARTITION_SLOTS 1536 /* slots of the monitor's cnode for what it makes for one partition */

/* Consecutive slots of frames of one size, mapped one after another. */
struct manifest_run {
	l4_word_t vaddr;
	uint32_t first;
	uint32_t count;
	uint32_t page_bits;
};

struct manifest_memory {
	l4_word_t object; /* slots of untyped memory of the sizes in the description */
	l4_word_t user;
	l4_word_t guest_count;
	l4_word_t guest[MANIFEST_GUEST_PIECES]; /* the largest first */
	uint8_t guest_bits[MANIFEST_GUEST_PIECES];
};

struct manifest {
	struct system_description system;
	l4_word_t page_levels;
	l4_word_t features;        /* enum vmm_feature */
	l4_word_t seed_count;
	l4_word_t seed[MANIFEST_SEEDS];
	l4_word_t endpoint;        /* slots: the monitor's own endpoint, ... */
	l4_word_t domain;
	l4_word_t machine;         /* the system capability */
	l4_word_t uart_frame;      /* the serial line's registers, ... */
	l4_word_t uart_offset;     /* which lie this far into the page, ... */
	l4_word_t uart_interrupt;  /* and its irq_handler */
	l4_word_t init_thread;     /* init's own objects, to be destroyed, ... */
	l4_word_t init_vspace;
	l4_word_t init_cnode;
	l4_word_t init_sched_context;
	l4_word_t init_memory;     /* and the untyped memory of its page tables */
	l4_word_t free_slot;       /* all slots from here on are empty */
	struct manifest_memory memory[SYSTEM_PARTITIONS_MAX];
	l4_word_t bundle_vaddr;    /* of the bundle's first byte, in the monitor */
	l4_word_t bundle_size;
	l4_word_t bundle_runs;
	struct manifest_run bundle[MANIFEST_BUNDLE_RUNS];
};
