/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the monitor share. */
#pragma once

#include <servers/monitor.h>

#include "manifest.h"
#include "process.h"

/* Roles of the capabilities to the monitor's endpoint; a badge is 1 + partition * ROLES + role. Fault roles are bound to threads and in no program's hands. */
enum role {
	ROLE_PROGRAM_FAULT,
	ROLE_PAGER_FAULT,
	ROLE_PROGRAM,
	ROLE_PAGER,
	ROLES,
};

enum part_state {
	PART_DOWN,    /* not built */
	PART_RUNNING,
	PART_ENDED,   /* by its own will, or the guest's */
	PART_FAILED,  /* by a fault */
};

/* The shared memory of a console channel and what the server signals. They belong to the monitor and outlive both ends. */
struct channel {
	bool exists;
	unsigned int number;      /* the console's number of the client */
	l4_cap_t output;          /* frames */
	l4_cap_t input;
	l4_cap_t wait;            /* notification */
	l4_cap_t reset;           /* to tell the console that the client starts anew */
};

/* A partition as the monitor keeps it. */
struct part {
	const struct partition *description;
	const struct manifest_memory *memory;
	unsigned int index;
	enum part_state state;
	unsigned int failures;    /* after which it was rebuilt */
	unsigned int incarnation; /* counts all builds */
	struct channel channel;
	l4_cap_t endpoint;        /* of a partition that serves; outlives it */
	struct l4_slots slots;    /* all from here on is empty while the partition is down */
	uint64_t slot_bitmap[L4_SLOTS_WORDS(MANIFEST_PARTITION_SLOTS)];
	uint16_t slot_owner[MANIFEST_PARTITION_SLOTS];
	struct l4_objects objects;
	struct process program;
	struct process pager;
};

#define MONITOR_OWN_SLOTS 1024

struct monitor {
	const struct manifest *manifest;
	struct l4_slots slots;
	struct l4_objects objects;        /* the monitor's own memory */
	struct l4_window window;
	struct part part[SYSTEM_PARTITIONS_MAX];
	unsigned int count;
	l4_cap_t console_notification;
	l4_cap_t notification;            /* the monitor's own: its timer */
	l4_cap_t timer;
	bool has_operator;                /* a person sits at the terminal: the machine does not end because a guest failed */
	const char *stoppable;            /* the partition or program that a tester may stop, or null */
};

extern struct monitor monitor;

static inline l4_word_t badge_of(const struct part *part, enum role role)
{
	return 1 + part->index * ROLES + role;
}

static inline bool part_is(const struct part *part, uint32_t flag)
{
	return part->description->flags & flag;
}

/* The partition with the flag, or null. */
struct part *part_with(uint32_t flag);
