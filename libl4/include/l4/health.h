/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program tells the monitor of its own health. What follows is for its description to say: the key `watchdog`, and the table `health`
 * (docs/descriptions.md, "Health monitoring"). One that is to be restarted or stopped does not return from what it told.
 */
#pragma once

#include <l4/abi/ipc_buffer.h>
#include <l4/syscall.h>

/* The startup block's name of the notification whose signals are signs of life. */
#define L4_HEALTH_WATCHDOG "watchdog"

/*
 * A sign of life: one is due in each time `watchdog` of the description. It costs one system call and never blocks; signs that come too often cost nobody but
 * their giver. INVALID_CAP: the description has no `watchdog` for this partition.
 */
l4_status_t l4_health_alive(void);

/* The program has failed, and says so itself: a code of its own choice, and what it was, which is cut at L4_HEALTH_TEXT characters. Blocks until the monitor has heard it.
 * INVALID_CAP: there is no monitor, or it has heard too much of late (docs/servers.md, "Who pays"). BAD_STATE: it does not take that from this program. */
l4_status_t l4_health_error(l4_word_t code, const char *text);

/* The program has missed a deadline by so many ticks, and says which: otherwise as l4_health_error. */
l4_status_t l4_health_deadline_missed(l4_word_t late, const char *text);

/* --- The message, on the program's capability "monitor" --- */

#define L4_HEALTH_REPORT 3
#define L4_HEALTH_TEXT_WORDS 16
#define L4_HEALTH_TEXT (L4_HEALTH_TEXT_WORDS * sizeof(l4_word_t))

enum l4_health_report_words {
	L4_HEALTH_REPORT_KIND = 0, /* enum l4_health_report */
	L4_HEALTH_REPORT_VALUE = 1,
	L4_HEALTH_REPORT_TEXT = L4_MESSAGE_REGISTERS, /* padded with zeros */
	L4_HEALTH_REPORT_LENGTH = L4_HEALTH_REPORT_TEXT + L4_HEALTH_TEXT_WORDS,
};

enum l4_health_report {
	L4_HEALTH_ERROR = 1,
	L4_HEALTH_DEADLINE_MISSED,
};
