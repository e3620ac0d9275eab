/* SPDX-License-Identifier: BSD-2-Clause */
/* What can go wrong in a partition, and what the monitor does then: a row of its description's table for each event (docs/descriptions.md, "Health monitoring"). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* In the order of enum health_event; the composer's names (tools/composer/health.py). */
#define HEALTH_EVENT_NAMES {"memory_fault", "illegal_instruction", "deadline", "application_error", "guest_panic", "vmm_death", "watchdog"}

enum health_event {
	HEALTH_MEMORY_FAULT,        /* the program used memory that it does not have, or has not for that */
	HEALTH_ILLEGAL_INSTRUCTION, /* any other exception of the processor's, or a system call that does not exist */
	HEALTH_DEADLINE,            /* it has used up its budget, or says that it has missed a deadline */
	HEALTH_APPLICATION_ERROR,   /* it says that it has failed, or ended with another status than 0 */
	HEALTH_GUEST_PANIC,         /* the guest's kernel cannot go on */
	HEALTH_VMM_DEATH,           /* the guest's VMM has faulted or ended */
	HEALTH_WATCHDOG,            /* no sign of life for health_table.watchdog */
	HEALTH_EVENTS,
};

/* In the order of enum health_action. */
#define HEALTH_ACTION_NAMES {"ignore", "log", "stop", "restart", "restart-cold", "switch-schedule", "halt"}

enum health_action {
	HEALTH_IGNORE, /* it goes on */
	HEALTH_LOG,    /* it goes on, and the monitor says what it was */
	HEALTH_STOP,   /* the partition stays down; the rest goes on */
	HEALTH_RESTART,         /* it is built anew, and finds what it keeps as it left it */
	HEALTH_RESTART_COLD,    /* ... and finds that cleared */
	HEALTH_SWITCH_SCHEDULE, /* the processor follows another schedule table; the partition goes on if it can, else it stays down */
	HEALTH_HALT,   /* the machine ends with MONITOR_EXIT_SYSTEM_FAILED */
	HEALTH_ACTIONS,
};

/* Restarts that are remembered with the times at which they were made. */
#define HEALTH_WINDOW_RESTARTS_MAX 64

/* The slot of a guest's own cnode by which it gives signs of life. */
#define HEALTH_GUEST_SLOT 15

struct health_table {
	uint8_t action[HEALTH_EVENTS]; /* enum health_action */
	uint8_t schedule[HEALTH_EVENTS]; /* of HEALTH_SWITCH_SCHEDULE: the table's place in the description */
	uint8_t otherwise;             /* the same: where the partition cannot be built */
	bool hears_overruns;           /* there is a row for HEALTH_DEADLINE: used-up budgets are events */
	uint8_t escalation;            /* HEALTH_STOP or HEALTH_HALT: what follows instead of a restart that is one too many */
	uint32_t restarts_max;
	uint64_t restart_window;       /* ns in which there may be so many; 0: since the machine's start. Else they are at most HEALTH_WINDOW_RESTARTS_MAX */
	uint64_t watchdog;             /* ns without a sign of life that are HEALTH_WATCHDOG; 0: it need give none */
	uint64_t watchdog_start;       /* the same, before the first since the partition was built; no less */
};

/* What has happened leaves nothing that could go on. */
static inline bool health_is_final(enum health_event event)
{
	return event == HEALTH_MEMORY_FAULT || event == HEALTH_ILLEGAL_INSTRUCTION || event == HEALTH_GUEST_PANIC || event == HEALTH_VMM_DEATH;
}

static inline bool health_restarts(enum health_action action)
{
	return action == HEALTH_RESTART || action == HEALTH_RESTART_COLD;
}

static inline bool health_goes_on(enum health_action action)
{
	return action == HEALTH_IGNORE || action == HEALTH_LOG;
}
