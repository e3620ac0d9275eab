/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands: what a partition may have the monitor tell or do, where its description has the key `monitor` (docs/descriptions.md). They are calls on the same
 * endpoint as those of servers/monitor.h; the badge tells the monitor who asks, and the description which commands about which partitions it answers.
 * All others are MONITOR_REFUSED.
 *
 * Partitions are meant by their place in the description's table, from 0 on. The monitor answers at once and a bounded piece at a time: what is longer is
 * asked for piece by piece.
 */
#pragma once

#include <l4/abi/types.h>
#include <servers/health.h>

/* In the order of enum monitor_command; the composer's names (tools/composer/commands.py). */
#define MONITOR_COMMAND_NAMES {"ps", "mem", "caps", "health", "ports", "log", "restart", "stop", "start", "sched", "schedule"}

enum monitor_command {
	MONITOR_COMMAND_PS,      /* word 0: partition. Answer: enum monitor_ps_words */
	MONITOR_COMMAND_MEM,     /* word 0: partition, word 1: the first region wanted. Answer: enum monitor_mem_words, then regions */
	MONITOR_COMMAND_CAPS,    /* word 0: partition, word 1: the first capability wanted. Answer: enum monitor_caps_words, then capabilities */
	MONITOR_COMMAND_HEALTH,  /* word 0: partition. Answer: enum monitor_health_words */
	MONITOR_COMMAND_PORTS,   /* word 0: partition, word 1: the first port wanted. Answer: enum monitor_ports_words, then ports */
	MONITOR_COMMAND_LOG,     /* word 0: number of a line. Answer: that line or, where it is gone, the oldest one left: enum monitor_log_words */
	MONITOR_COMMAND_RESTART, /* word 0: partition; so for the next two. Not answered where the caller's own partition is restarted or stopped */
	MONITOR_COMMAND_STOP,    /* its memory is taken back; nobody restarts it but by START or RESTART */
	MONITOR_COMMAND_START,
	MONITOR_COMMAND_SCHED,    /* word 0: schedule table, word 1: the first window wanted. Answer: enum monitor_sched_words, then windows */
	MONITOR_COMMAND_SCHEDULE, /* word 0: schedule table. The processor follows it from the end of the major frame on */
	MONITOR_COMMANDS,
};

enum monitor_command_label {
	/* Word 0: partition. Answer: its name, and what the caller may ask about it (enum monitor_list_words). For all that have the key `monitor`. */
	MONITOR_LIST = 96,
	MONITOR_COMMAND, /* + enum monitor_command */
	/* Word 0: schedule table. Answer: its name, and what the caller may have done with it (enum monitor_list_words). For the same. */
	MONITOR_LIST_SCHEDULE = 95,
};

/* Answers, beside MONITOR_OK and MONITOR_REFUSED. Only MONITOR_OK has words. */
enum monitor_command_answer {
	MONITOR_NONE = 2, /* there is no such partition, schedule table, region, capability or line */
	MONITOR_ALREADY,  /* stop: it does not run; start: it runs */
	MONITOR_FAILED,   /* it could not be built; the log tells why */
};

#define MONITOR_NAME_WORDS 3 /* a name, packed and padded with zeros, of at most 23 characters */

enum monitor_list_words {
	MONITOR_LIST_COMMANDS, /* bit N: enum monitor_command N */
	MONITOR_LIST_NAME,
	MONITOR_LIST_LENGTH = MONITOR_LIST_NAME + MONITOR_NAME_WORDS,
};

#define MONITOR_SCHED_PARTITIONS 8 /* SYSTEM_PARTITIONS_MAX */

/* Times of the description in ns, those that were measured in ticks. */
enum monitor_sched_words {
	MONITOR_SCHED_STATE,   /* enum l4_schedule */
	MONITOR_SCHED_FRAME,
	MONITOR_SCHED_PAD,
	MONITOR_SCHED_SLACK,   /* partition, or MONITOR_SCHED_NOBODY */
	/* Of the table that is followed, whichever it is: the window that runs, as the kernel counts them; its start; frames that have ended since any table was
	   followed; windows that were missed whole; the most by which anybody was let in late. */
	MONITOR_SCHED_WINDOW,
	MONITOR_SCHED_START,
	MONITOR_SCHED_FRAMES,
	MONITOR_SCHED_MISSED,
	MONITOR_SCHED_LATEST,
	MONITOR_SCHED_USED,    /* as MONITOR_PS_USED, of each partition */
	MONITOR_SCHED_WINDOWS = MONITOR_SCHED_USED + MONITOR_SCHED_PARTITIONS, /* number of all; from here on those that were asked for, as many as fit */
	MONITOR_SCHED_FIRST,
};

#define MONITOR_SCHED_NOBODY (~0UL)

enum monitor_window_words {
	MONITOR_WINDOW_PARTITION,
	MONITOR_WINDOW_START,
	MONITOR_WINDOW_WIDTH,
	MONITOR_WINDOW_LENGTH,
};

enum monitor_ps_words {
	MONITOR_PS_KIND,     /* enum monitor_ps_kind */
	MONITOR_PS_STATE,    /* enum monitor_ps_state */
	MONITOR_PS_FAILURES, /* after which it was restarted */
	MONITOR_PS_STARTS,   /* all of them, the first included */
	MONITOR_PS_PRIORITY,
	MONITOR_PS_BUDGET,   /* ns; as the period: limited by priority alone */
	MONITOR_PS_PERIOD,   /* ns */
	MONITOR_PS_USED,     /* ticks that its program has run since it was started; MONITOR_PS_UNKNOWN: a guest's, whose time is its VMM's */
	MONITOR_PS_LENGTH,
};

#define MONITOR_PS_UNKNOWN (~0UL)

enum monitor_ps_kind {
	MONITOR_KIND_SERVER,
	MONITOR_KIND_NATIVE,
	MONITOR_KIND_PAGED, /* native, with a pager */
	MONITOR_KIND_GUEST,
};

enum monitor_ps_state {
	MONITOR_STATE_STOPPED, /* as it was asked to */
	MONITOR_STATE_RUNNING,
	MONITOR_STATE_ENDED,   /* by its own will, or the guest's */
	MONITOR_STATE_FAULTED,
};

/* Bytes. Of both kinds of untyped memory: all; what nothing is made of; what was handed on, to its pager, VMM or program, to make objects of. */
enum monitor_mem_words {
	MONITOR_MEM_KERNEL,
	MONITOR_MEM_KERNEL_FREE,
	MONITOR_MEM_KERNEL_GIVEN,
	MONITOR_MEM_USER,
	MONITOR_MEM_USER_FREE,
	MONITOR_MEM_USER_GIVEN,
	MONITOR_MEM_GUEST,   /* the guest's own, and for what it writes to its disk */
	MONITOR_MEM_REGIONS, /* number of all; from here on those that were asked for, as many as fit */
	MONITOR_MEM_REGION,
};

enum monitor_region_words {
	MONITOR_REGION_NAME,
	MONITOR_REGION_START = MONITOR_REGION_NAME + MONITOR_NAME_WORDS, /* address in the program */
	MONITOR_REGION_SIZE,                                             /* bytes */
	MONITOR_REGION_RIGHTS,
	MONITOR_REGION_LENGTH,
};

enum monitor_caps_words {
	MONITOR_CAPS_NAMED,    /* number of all that have a name in its startup block */
	MONITOR_CAPS_UNTYPEDS, /* ... that are untyped memory, and have none */
	MONITOR_CAPS_GIVEN,    /* ... that it was given, with or without a name */
	MONITOR_CAPS_FIRST,    /* from here on those with names that were asked for, as many as fit */
};

enum monitor_cap_words {
	MONITOR_CAP_NAME,
	MONITOR_CAP_SLOT = MONITOR_CAP_NAME + MONITOR_NAME_WORDS, /* of the program's cnode; what is in it now: */
	MONITOR_CAP_TYPE,                                         /* enum l4_type */
	MONITOR_CAP_RIGHTS,
	MONITOR_CAP_BADGE,
	MONITOR_CAP_LENGTH,
};

/* What has gone wrong in it, by enum health_event. */
enum monitor_health_words {
	MONITOR_HEALTH_LAST,      /* the latest event; where none was, HEALTH_EVENTS */
	MONITOR_HEALTH_LAST_TIME, /* ticks: when */
	MONITOR_HEALTH_RESTARTS,  /* of all times, because of events */
	MONITOR_HEALTH_LEFT,      /* restarts that it has now before the next is one too many; MONITOR_HEALTH_NEVER: nothing restarts it */
	MONITOR_HEALTH_COUNT,     /* of each event, how often it was */
	MONITOR_HEALTH_ACTION = MONITOR_HEALTH_COUNT + HEALTH_EVENTS, /* of each, what follows: enum health_action; MONITOR_HEALTH_NEVER: it cannot be */
	MONITOR_HEALTH_SCHEDULE = MONITOR_HEALTH_ACTION + HEALTH_EVENTS, /* of each: of HEALTH_SWITCH_SCHEDULE the table's name */
	MONITOR_HEALTH_LENGTH = MONITOR_HEALTH_SCHEDULE + HEALTH_EVENTS * MONITOR_NAME_WORDS,
};

#define MONITOR_HEALTH_NEVER (~0UL)

enum monitor_ports_words {
	MONITOR_PORTS_ALL,   /* number of the ports of which it is one end */
	MONITOR_PORTS_FIRST, /* from here on those that were asked for, as many as fit */
};

/* What the ends have written into the port's memory, which is theirs to say. */
enum monitor_port_words {
	MONITOR_PORT_NAME,
	MONITOR_PORT_KIND = MONITOR_PORT_NAME + MONITOR_NAME_WORDS, /* enum monitor_port_kind */
	MONITOR_PORT_FROM,      /* partitions */
	MONITOR_PORT_TO,
	MONITOR_PORT_SIZE,      /* bytes of a message, at most */
	MONITOR_PORT_DEPTH,     /* messages; 0: a sampling port */
	MONITOR_PORT_MESSAGES,  /* written or sent, in all */
	MONITOR_PORT_WAITING,   /* of a queue: not received yet */
	MONITOR_PORT_OVERFLOWS, /* messages that found no room, or were overwritten */
	MONITOR_PORT_AGE,       /* ticks since the last message; MONITOR_PORT_NEVER: there was none, or it says that it is still to come */
	MONITOR_PORT_LENGTH,
};

#define MONITOR_PORT_NEVER (~0UL)

enum monitor_port_kind {
	MONITOR_PORT_SAMPLING,
	MONITOR_PORT_REFUSE,
	MONITOR_PORT_OLDEST,
};

enum monitor_log_words {
	MONITOR_LOG_NUMBER, /* from 0 on, of all lines since the machine's start */
	MONITOR_LOG_END,    /* the number that the next line to be said will have */
	MONITOR_LOG_TIME,   /* ticks, when it was said */
	MONITOR_LOG_SIZE,   /* bytes of the text that follows, packed */
	MONITOR_LOG_TEXT,
};

#define MONITOR_LOG_TEXT_SIZE ((L4_MESSAGE_WORDS - MONITOR_LOG_TEXT) * sizeof(l4_word_t))
