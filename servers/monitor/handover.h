/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What init hands to the monitor: the description of the system, and where in the monitor's cnode everything lies that is needed to build it.
 * The monitor finds it (read-only) at the address "handover" of its startup block. When it starts, the slots are still being
 * filled; they are complete when init has called the monitor's endpoint with label HANDOVER_COMPLETE.
 */
#pragma once

#include <l4/abi/types.h>
#include <servers/system.h>

#define HANDOVER_COMPLETE 2   /* below all labels of servers/monitor.h but L4_MONITOR_EXIT */
#define HANDOVER_BUNDLE_RUNS 64
#define HANDOVER_SEEDS 4
#define HANDOVER_PIECES 16
#define HANDOVER_PARTITION_SLOTS 1536 /* slots of the monitor's cnode for what it makes for one partition */

/* Consecutive slots of frames of one size, mapped one after another. */
struct handover_run {
	l4_word_t vaddr;
	uint32_t first;
	uint32_t count;
	uint32_t page_bits;
};

/* Memory that is a sum of powers of two, of one large page at least. */
struct handover_pieces {
	l4_word_t count;
	l4_word_t slot[HANDOVER_PIECES]; /* of untyped memory, the largest first */
	uint8_t bits[HANDOVER_PIECES];
};

struct handover_memory {
	l4_word_t object; /* slots of untyped memory of the sizes in the description */
	l4_word_t user;
	struct handover_pieces guest;
	struct handover_pieces disk;
};

/* The serial line. */
struct handover_uart {
	l4_word_t registers; /* slots: the frame or the io_ports with its registers, ... */
	l4_word_t interrupt; /* and its irq_handler */
	l4_word_t address;   /* of the registers: how far into the frame, or the number of the first port */
};

/* A device of the description: slots. */
struct handover_device {
	l4_word_t registers; /* the first of its frames; the others follow */
	l4_word_t ports;     /* io_ports */
	l4_word_t interrupt; /* irq_handler */
};

struct handover {
	struct system_description system;
	l4_word_t page_levels;
	l4_word_t features;        /* enum vmm_feature */
	l4_word_t seed_count;
	l4_word_t seed[HANDOVER_SEEDS];
	l4_word_t endpoint;        /* slots: the monitor's own endpoint, ... */
	l4_word_t domain;          /* the monitor's own; without a schedule table everybody's */
	l4_word_t schedule_control; /* 0 where the description has no schedule table */
	l4_word_t machine;         /* the system capability */
	l4_word_t inspector;       /* 0 where no partition may inspect */
	l4_word_t trace;           /* 0 where no partition may trace, or the kernel does not */
	struct handover_uart uart;
	struct handover_device device[SYSTEM_DEVICES_MAX];
	l4_word_t watchdog;        /* io_ports of the machine's watchdog; 0: it has none, or the description does not want it */
	l4_word_t init_thread;     /* init's own objects, to be destroyed, ... */
	l4_word_t init_vspace;
	l4_word_t init_cnode;
	l4_word_t init_sched_context;
	l4_word_t init_memory;     /* and the untyped memory of its page tables */
	l4_word_t free_slot;       /* all slots from here on are empty */
	struct handover_memory memory[SYSTEM_PARTITIONS_MAX];
	l4_word_t bundle_vaddr;    /* of the bundle's first byte, in the monitor */
	l4_word_t bundle_size;
	l4_word_t bundle_runs;
	struct handover_run bundle[HANDOVER_BUNDLE_RUNS];
};
