/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a program. */
#pragma once

#include <l4/syscall.h>

/*
 * A program ends by a call to its capability "monitor" (if it has one) with this label and the exit status as word 0; the monitor does not
 * answer but takes the program down or starts it anew. A program that is not heard for having used up its share of the monitor's time tries again, for 10 s. Other labels of that endpoint are the monitor's own, from 2 on.
 */
#define L4_MONITOR_EXIT 1

/* More words of that message, 0 in others: l4_program_exit_refused. */
enum l4_monitor_exit_words {
	L4_MONITOR_EXIT_STATUS = 1, /* enum l4_error */
	L4_MONITOR_EXIT_CAP = 2,
	L4_MONITOR_EXIT_PC = 3,
	L4_MONITOR_EXIT_LENGTH = 4,
};

/* The exit status of programs that L4_REQUIRE, L4_ENSURE or abort() ends. */
#define L4_EXIT_FAILED 134

/* The machine's status where a program that has the system capability ends so. */
#define L4_EXIT_SYSTEM_FAILED 20

/*
 * Ends the program at once, without atexit functions. Without a monitor: the machine is halted if the program has the system capability (only
 * the first program and test suites have it); else the thread stops with a breakpoint, which its handler sees as FAULT_BREAKPOINT, the status in
 * the first argument register.
 */
__attribute__((noreturn)) void l4_program_exit(int status);

/*
 * The same with L4_EXIT_FAILED, because the kernel's answer to the use of a capability was `status`, at `pc`. The monitor tells what the capability is in
 * the system's description and which rights it has: words 1 to 3 of the message are L4_MONITOR_EXIT_STATUS and what follows.
 */
__attribute__((noreturn)) void l4_program_exit_refused(l4_status_t status, l4_cap_t cap, l4_word_t pc);
