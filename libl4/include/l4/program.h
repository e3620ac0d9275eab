/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a program. */
#pragma once

#include <l4/syscall.h>

/*
 * A program ends by a call to its capability "monitor" (if it has one) with this label and the exit status as word 0; the monitor does not
 * answer but takes the program down or starts it anew. Other labels of that endpoint are the monitor's own, from 2 on.
 */
#define L4_MONITOR_EXIT 1

/* The exit status of programs that L4_REQUIRE, L4_ENSURE or abort() ends. */
#define L4_EXIT_FAILED 134

/*
 * Ends the program at once, without atexit functions. Without a monitor: the machine is halted if the program has the system capability (only
 * the first program and test suites have it); else the thread stops with a breakpoint, which its handler sees as FAULT_BREAKPOINT, the status in
 * the first argument register.
 */
__attribute__((noreturn)) void l4_program_exit(int status);
