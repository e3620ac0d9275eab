/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor's protocol: calls on the endpoint that a program finds as "monitor" in its startup block (minted: the badge tells the
 * monitor which partition calls, so no message says it). The monitor runs on its own time and answers at once, with
 * an empty message of label MONITOR_OK or MONITOR_REFUSED, except where a comment says that it does not answer.
 *
 * The monitor restarts a partition by revoking all its memory and building it again from the boot bundle: nothing of the old
 * incarnation survives but what it wrote to its console, and a guest to its disk.
 */
#pragma once

#include <l4/abi/ipc_buffer.h>
#include <l4/program.h>

enum monitor_label {
	/* Any program. Word 0: exit status. Not answered: the partition's policy decides what becomes of it. */
	MONITOR_EXIT = L4_MONITOR_EXIT,
	/* VMMs. Words: enum monitor_guest_words, a long message. Not answered for MONITOR_GUEST_OFF, _REBOOT and _FAILED: the partition is stopped or rebuilt. */
	MONITOR_GUEST_STATE = 32,
	/* Pagers. A fault that is no demand for memory. Words: enum monitor_fault_words. Not answered where the partition ends. */
	MONITOR_CLIENT_FAULT,
	/* The console: the operator asks. Word 0: enum monitor_request, word 1: the console's number of the client. */
	MONITOR_OPERATOR,
	/* The console: all that clients had written when MONITOR flushed it is on the line. */
	MONITOR_DRAINED,
	/* Programs with the right to test the system: suspends the program of the partition that the config names (monitor.stop=PARTITION or =PROGRAM). */
	MONITOR_STOP_PARTITION,
	/* Programs with the right to test the system. Word 0: exit status of the machine; not answered. */
	MONITOR_END_TEST,
};

enum monitor_answer {
	MONITOR_OK,
	MONITOR_REFUSED,
};

enum monitor_guest_words {
	MONITOR_GUEST_STATE_KIND = 0,   /* enum monitor_guest_state */
	MONITOR_GUEST_STATE_DETAIL = 1, /* OFF and REBOOT: 0, or the guest's own reason (SBI reset reason); FAILED: any number worth telling, 0 for none */
	MONITOR_GUEST_STATE_PC = 2,     /* FAILED: the guest's instruction that did it; 0 where it was none */
	/* FAILED, the words that travel in the IPC buffer: why, and a hint or nothing; two texts, each ended by a 0 byte, padded with zeros. */
	MONITOR_GUEST_STATE_TEXT = L4_MESSAGE_REGISTERS,
	MONITOR_GUEST_STATE_LENGTH = MONITOR_GUEST_STATE_TEXT + 40,
};

enum monitor_guest_state {
	MONITOR_GUEST_RUNNING = 1, /* the guest's kernel has been entered */
	MONITOR_GUEST_OFF,         /* the guest powered itself off in good order */
	MONITOR_GUEST_REBOOT,      /* the guest asks to be started again: its partition is rebuilt */
	MONITOR_GUEST_FAILED,      /* the guest cannot go on: bad payload, a panic that it reported, an exit that cannot be answered */
};

enum monitor_fault_words {
	MONITOR_FAULT_LABEL = 0,  /* enum l4_fault */
	MONITOR_FAULT_ADDRESS = 1,
	MONITOR_FAULT_PC = 2,
	MONITOR_FAULT_ACCESS = 3, /* L4_READ, L4_WRITE, L4_EXECUTE or 0 */
	MONITOR_FAULT_CAUSE = 4,
	MONITOR_FAULT_REASON = 5, /* enum monitor_fault_reason */
	MONITOR_FAULT_LENGTH = 6,
};

/* Why a pager does not answer a fault with memory. */
enum monitor_fault_reason {
	MONITOR_FAULT_UNMAPPED,   /* no region of the program */
	MONITOR_FAULT_PROTECTED,  /* the region does not allow the access */
	MONITOR_FAULT_GUARD,      /* the guard below the stack: stack overflow */
	MONITOR_FAULT_QUOTA,      /* the partition has used up its memory */
	MONITOR_FAULT_OTHER,      /* not a page fault */
};

enum monitor_request {
	MONITOR_REQUEST_POWER_OFF = 1,
	MONITOR_REQUEST_RESTART, /* of the client in word 1 */
};

/* Exit status of the machine. */
enum monitor_exit {
	MONITOR_EXIT_SUCCESS = 0,
	MONITOR_EXIT_GUEST_FAILED = 10,
	MONITOR_EXIT_SYSTEM_FAILED = 20,
};
