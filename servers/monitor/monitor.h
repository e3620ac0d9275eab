/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the monitor share. */
#pragma once

#include <servers/monitor.h>

#include "handover.h"
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
	PART_DOWN,    /* not built: not yet, or stopped as somebody asked */
	PART_RUNNING,
	PART_ENDED,   /* by its own will, or the guest's */
	PART_FAILED,  /* by a fault */
};

/* Of what handles a message: its caller is not answered, for its partition was taken down. */
enum { NO_ANSWER = -1 };

/* The shared memory of a console channel and what the server signals. They belong to the monitor and outlive both ends. */
struct console_channel {
	bool exists;
	unsigned int number;      /* the console's number of the client */
	l4_cap_t output;          /* frames */
	l4_cap_t input;
	l4_cap_t wait;            /* notification */
	l4_cap_t reset;           /* to tell the console that the client starts anew */
};

/* What has gone wrong (health.c). */
struct health_state {
	l4_word_t count[HEALTH_EVENTS];
	enum health_event last;   /* the latest, and when, in ticks; where any count is not 0 */
	l4_word_t last_time;
	l4_word_t restarted[HEALTH_WINDOW_RESTARTS_MAX]; /* ticks: when the latest restarts were, number N at N modulo the array's size */
};

/* Signs of life (watchdog.c). */
struct watchdog {
	l4_cap_t alive;           /* notification that a sign signals; outlives the partition. 0: it owes none */
	l4_word_t looked;         /* ticks: the last look */
	unsigned int silent;      /* looks that found none, and count, since the last that did */
	bool is_heard;            /* there was one since the partition was built */
};

#define LASTING_PIECES 12 /* of L4_RETYPE_COUNT_MAX pages, which lie in consecutive slots; the last is smaller */

/* Memory of the monitor's that it shares out (lasting.h). */
struct lasting {
	uint32_t pages;
	l4_cap_t piece[LASTING_PIECES]; /* the first frame of each */
};

/* A partition as the monitor keeps it. */
struct part {
	const struct partition *description;
	const struct handover_memory *memory;
	unsigned int index;
	enum part_state state;
	unsigned int failures;    /* after which it was rebuilt */
	struct health_state health;
	struct watchdog watchdog;
	unsigned int incarnation; /* counts all builds */
	l4_word_t paid_until;     /* servers/monitor/allowance.c */
	unsigned int unpaid;      /* messages since all was paid */
	bool is_cut_off;          /* its program has lost its capability to the monitor, for a while */
	struct console_channel console;
	l4_cap_t domain;          /* that its threads run in; outlives it */
	l4_cap_t endpoint;        /* of a partition that serves; outlives it */
	l4_cap_t notification;    /* that its timer and channels signal; outlives it. 0: it waits for none of them */
	l4_cap_t disk;            /* a guest's: the first frame of its disk's copy, which outlives it; 0: none */
	bool has_disk_content;    /* the copy has been filled */
	struct lasting keep;      /* what outlives it where it is restarted after a failure */
	bool is_warm;             /* it was started with that as it was left */
	struct l4_slots slots;    /* all from here on is empty while the partition is down */
	uint64_t slot_bitmap[L4_SLOTS_WORDS(HANDOVER_PARTITION_SLOTS)];
	uint16_t slot_owner[HANDOVER_PARTITION_SLOTS];
	struct l4_objects objects;
	l4_word_t given[2];       /* bytes of untyped memory, by enum l4_memory, that its programs have to make objects of */
	l4_cap_t overrun_cap;     /* the endpoint to which the kernel tells of used-up budgets (overruns.h) */
	l4_cap_t monitor_cap;     /* the capability to the monitor of which the program has a copy, ... */
	l4_cap_t monitor_slot;    /* ... and where: a slot of the program's cnode */
	struct process program;
	struct process pager;
};

#define MONITOR_OWN_SLOTS 1152

struct monitor {
	const struct handover *handover;
	struct l4_slots slots;
	struct l4_objects objects;        /* the monitor's own memory */
	struct l4_window window;
	struct part part[SYSTEM_PARTITIONS_MAX];
	struct lasting channel_memory[SYSTEM_CHANNELS_MAX]; /* of the description's channels that have memory */
	l4_cap_t channel_back[SYSTEM_CHANNELS_MAX]; /* frames that only their `to` writes */
	l4_cap_t schedule[SYSTEM_SCHEDULES_MAX];
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
