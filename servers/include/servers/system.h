/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The description of a system: who owns which memory, time, devices and channels. Plain data without pointers, so that init can hand
 * it to the monitor as it is. init makes it of a built-in table (systems/) and the bundle's `config`; the monitor builds it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYSTEM_NAME_SIZE 16
#define SYSTEM_PROGRAM_SIZE 24
#define SYSTEM_ARGUMENTS_SIZE 320
#define SYSTEM_OPTIONS_SIZE 48
#define SYSTEM_PARTITIONS_MAX 8
#define SYSTEM_LINKS_MAX 4

enum partition_flag {
	PARTITION_MONITOR = 1 << 0,   /* built by init; holds the memory of all others */
	PARTITION_CONSOLE = 1 << 1,   /* owns the serial line */
	PARTITION_GUEST = 1 << 2,     /* its program is a VMM; guest_memory, the payload and time go to its guest */
	PARTITION_PAGED = 1 << 3,     /* has a pager of its own: memory on demand, at most quota_pages */
	PARTITION_TESTER = 1 << 4,    /* may end the machine, and stop other partitions (where the config says monitor.stop=...) */
	PARTITION_ATTACHED = 1 << 5,  /* has the terminal at start */
	PARTITION_SERVES = 1 << 6,    /* has an endpoint that links of other partitions lead to, and a reply object */
	PARTITION_TIMER = 1 << 7,     /* gets a timer, and a notification that it signals */
	PARTITION_OBJECTS = 1 << 8,   /* gets what is left of its object memory as untyped memory */
	PARTITION_SILENT = 1 << 9,    /* has no console channel */
};

/* What the monitor does when a program of the partition faults or ends. A guest's power-off and reboot are no faults. */
enum partition_policy {
	POLICY_STOP,    /* the partition stays down; the rest goes on */
	POLICY_RESTART, /* it is rebuilt, at most restarts_max times; then it stays down */
	POLICY_HALT,    /* the machine ends with MONITOR_EXIT_SYSTEM_FAILED */
};

/* A capability to another partition's endpoint, with WRITE only. Calls arrive with `badge`. */
struct partition_link {
	char name[SYSTEM_PROGRAM_SIZE]; /* of the startup entry; empty: no link */
	char target[SYSTEM_NAME_SIZE];  /* a partition that serves */
	uint64_t badge;
};

struct partition {
	char name[SYSTEM_NAME_SIZE];       /* empty: end of the table */
	char program[SYSTEM_PROGRAM_SIZE]; /* file of the bundle */
	char load[SYSTEM_NAME_SIZE];       /* only part of the system where the config says load=THIS; empty: always */
	char options[SYSTEM_OPTIONS_SIZE]; /* keys that the config may set for it, separated by single spaces */
	char arguments[SYSTEM_ARGUMENTS_SIZE]; /* separated by single spaces; the config adds to them */
	uint32_t flags;                    /* enum partition_flag */
	uint32_t policy;                   /* enum partition_policy */
	uint32_t restarts_max;
	uint32_t priority;
	uint32_t budget_us;                /* budget == period: no limit but the priority */
	uint32_t period_us;
	uint32_t object_bits;              /* log2 of the object memory */
	uint32_t user_bits;                /* log2 of the memory for programs, stacks and heaps */
	uint32_t slots_bits;               /* log2 of the program's capability slots */
	uint32_t stack_pages;
	uint32_t heap_pages;
	uint32_t quota_pages;
	uint64_t guest_memory;             /* bytes, a multiple of 2 MiB */
	struct partition_link link[SYSTEM_LINKS_MAX];
};

struct system_description {
	char name[SYSTEM_NAME_SIZE];
	struct partition partition[SYSTEM_PARTITIONS_MAX];
};

static inline bool partition_is_used(const struct partition *partition)
{
	return partition->name[0] != 0;
}
