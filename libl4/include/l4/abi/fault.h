/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/abi/types.h>

/*
 * Messages that the kernel sends to a thread's handler endpoint, as calls in that thread's name. The label is an
 * enum l4_fault; the words follow. Any reply resumes the thread where it stopped; a reply to a guest exit says how (l4/abi/arch.h).
 */
enum l4_fault_words {
	L4_FAULT_ADDRESS = 0, /* PAGE, MISALIGNED, ACCESS: the address; ILLEGAL_INSTRUCTION: the instruction where known */
	L4_FAULT_PC = 1,
	L4_FAULT_RIGHT = 2,   /* the right that was missing: one of L4_READ, L4_WRITE, L4_EXECUTE; else 0 */
	L4_FAULT_CAUSE = 3,   /* the architecture's own number */
	L4_FAULT_LENGTH = 4,
};

/* TIMEOUT, to the timeout handler: the sched_context is out of budget. A reply waits for the next replenishment. */
enum l4_timeout_words {
	L4_TIMEOUT_CONSUMED = 0, /* ticks since the sched_context was made */
	L4_TIMEOUT_PC = 1,
	L4_TIMEOUT_LENGTH = 2,
};
