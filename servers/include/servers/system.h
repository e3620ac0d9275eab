/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The description of a system: who owns which memory, time, devices and channels. Plain data without pointers, so that init can hand
 * it to the monitor as it is. init makes it of the bundle's manifest (docs/descriptions.md); the monitor builds it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <l4/port.h>
#include <servers/health.h>
#include <servers/monitor_commands.h>

#define SYSTEM_NAME_SIZE 16
#define SYSTEM_PROGRAM_SIZE 24
#define SYSTEM_ARGUMENTS_SIZE 320
#define SYSTEM_PARTITIONS_MAX 8
#define SYSTEM_CHANNELS_MAX 16
#define SYSTEM_DEVICES_MAX 16
#define SYSTEM_SCHEDULES_MAX 8
#define SYSTEM_WINDOWS_MAX 256 /* of all tables together */
#define SYSTEM_NOBODY UINT32_MAX /* no partition */
#define SYSTEM_DISKS_MIB 256 /* of all disks' copies together */
#define SYSTEM_MONITOR 0 /* the first two partitions of every system */
#define SYSTEM_CONSOLE 1

enum partition_flag {
	PARTITION_MONITOR = 1 << 0,   /* built by init; holds the memory of all others */
	PARTITION_CONSOLE = 1 << 1,   /* owns the serial line */
	PARTITION_GUEST = 1 << 2,     /* its program is a VMM; guest_memory, the payload and time go to its guest */
	PARTITION_PAGED = 1 << 3,     /* has a pager of its own: memory on demand, at most quota_pages */
	PARTITION_TESTER = 1 << 4,    /* may end the machine, and have a partition suspended (where the monitor has the argument stop=...) */
	PARTITION_ATTACHED = 1 << 5,  /* has the terminal at start */
	PARTITION_SERVES = 1 << 6,    /* has an endpoint that channels of kind CHANNEL_CALL lead to, and a reply object */
	PARTITION_TIMER = 1 << 7,     /* gets a timer, and a notification that it signals */
	PARTITION_OBJECTS = 1 << 8,   /* gets what is left of its object memory as untyped memory */
	PARTITION_SILENT = 1 << 9,    /* has no console channel */
	PARTITION_INSPECTS = 1 << 10, /* may look at all capabilities and mappings */
	PARTITION_TRACES = 1 << 11,   /* may have a kernel that traces do so, and read it */
	PARTITION_CONFINED = 1 << 12, /* the console: the serial line's interrupt comes in its windows alone */
};

enum channel_kind {
	CHANNEL_CALL,   /* `from` calls the endpoint of `to` */
	CHANNEL_SIGNAL, /* `from` signals the notification of `to` */
	CHANNEL_MEMORY, /* memory that `from` writes and `to` reads, and a signal each way */
	CHANNEL_SAMPLING, /* ports: l4/port.h */
	CHANNEL_QUEUING,
};

/* What two partitions share. It belongs to the monitor and outlives both ends. */
struct channel {
	char name[SYSTEM_NAME_SIZE];
	uint32_t kind;                     /* enum channel_kind */
	uint32_t from;                     /* partitions, by their place in the table */
	uint32_t to;
	uint32_t slot;                     /* where `from` is a guest: of its own cnode */
	uint64_t badge;                    /* that `to` sees: of calls, or a bit of its notification */
	uint64_t back_badge;               /* the bit that `from` sees; 0: `to` does not signal it */
	uint32_t pages;                    /* that `from` writes; 0: the channel has no memory */
	uint32_t back_pages;               /* that only `to` writes */
	uint32_t two_way;                  /* CHANNEL_MEMORY: `to` writes too */
	uint32_t size;                     /* of ports: bytes of a message, at most */
	uint32_t depth;                    /* CHANNEL_QUEUING: messages */
	uint32_t overflow;                 /* CHANNEL_QUEUING: enum l4_port_overflow */
	uint64_t refresh;                  /* CHANNEL_SAMPLING: ns */
};

static inline bool channel_is_port(const struct channel *channel)
{
	return channel->kind == CHANNEL_SAMPLING || channel->kind == CHANNEL_QUEUING;
}

/* What one partition drives: registers in memory, or I/O ports, and perhaps an interrupt. */
struct device {
	char name[SYSTEM_NAME_SIZE];
	uint32_t owner;                    /* a partition, by its place in the table */
	uint32_t has_interrupt;
	uint64_t registers;                /* physical address */
	uint32_t pages;                    /* of registers; 0: none */
	uint32_t first_port;
	uint32_t ports;                    /* number; 0: none */
	uint32_t interrupt;                /* line */
	uint64_t badge;                    /* the bit of the owner's notification that the interrupt signals */
	uint32_t is_confined;              /* the interrupt comes in its owner's windows alone */
};

/* Times in ns. */
struct schedule_window {
	uint32_t partition;                /* by its place in the table */
	uint64_t start;                    /* from the frame's on */
	uint64_t length;
};

/* A schedule table. The time that no window has is nobody's. */
struct schedule {
	char name[SYSTEM_NAME_SIZE];
	uint64_t frame;
	uint64_t pad;                      /* of each window */
	uint32_t slack;                    /* a partition, or SYSTEM_NOBODY */
	uint32_t switchers;                /* bit N: the program of partition N may have the processor follow it */
	uint32_t first_window;             /* in the system's, in order of time */
	uint32_t window_count;
};

struct partition {
	char name[SYSTEM_NAME_SIZE];       /* empty: end of the table */
	char program[SYSTEM_PROGRAM_SIZE]; /* member of the bundle */
	char arguments[SYSTEM_ARGUMENTS_SIZE]; /* separated by single spaces */
	char kernel[SYSTEM_PROGRAM_SIZE];  /* members of the bundle, for a guest; empty: none */
	char initrd[SYSTEM_PROGRAM_SIZE];
	char command_line[SYSTEM_PROGRAM_SIZE];
	char disk[SYSTEM_PROGRAM_SIZE];
	uint32_t flags;                    /* enum partition_flag */
	struct health_table health;        /* what the monitor does when something goes wrong; a guest's power-off and reboot do not */
	uint32_t priority;
	uint64_t budget;                   /* ns; budget == period: no limit but the priority */
	uint64_t period;                   /* ns */
	uint32_t object_bits;              /* log2 of the object memory */
	uint32_t user_bits;                /* log2 of the memory for programs, stacks and heaps */
	uint32_t slots_bits;               /* log2 of the program's capability slots */
	uint32_t stack_pages;
	uint32_t heap_pages;
	uint32_t quota_pages;
	uint32_t keep_pages;               /* of memory that restarts after failures leave as it is; made of the monitor's */
	uint64_t guest_memory;             /* bytes, a multiple of 2 MiB */
	uint64_t disk_memory;              /* the same, for a copy of the disk that the guest writes; 0: it only reads the disk */
	uint32_t commands[MONITOR_COMMANDS]; /* that the monitor answers it, by enum monitor_command: bit N, about partition (or schedule) N of the table */
};

struct system_description {
	char name[SYSTEM_NAME_SIZE];
	uint64_t watchdog;                 /* ns after which the machine's own watchdog resets it, if the monitor is silent; 0: it is off */
	struct partition partition[SYSTEM_PARTITIONS_MAX];
	uint32_t channel_count;
	struct channel channel[SYSTEM_CHANNELS_MAX];
	uint32_t device_count;
	struct device device[SYSTEM_DEVICES_MAX];
	uint32_t schedule_count;           /* 0: all share one endless window; else the first is followed from the start */
	struct schedule schedule[SYSTEM_SCHEDULES_MAX];
	uint32_t window_count;
	struct schedule_window window[SYSTEM_WINDOWS_MAX];
};

static inline bool partition_is_used(const struct partition *partition)
{
	return partition->name[0] != 0;
}
