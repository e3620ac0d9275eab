/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/thread.h>

/* What of the reply to a fault counts. */
#define FAULT_REPLY_WORDS 2

/* Words from `length` on are 0. */
struct fault {
	enum l4_fault label;
	unsigned length;
	word_t words[L4_MESSAGE_REGISTERS];
};

/*
 * Sends the fault to the thread's handler as a call in its name. Without a handler the thread is suspended where it is;
 * where the handler is the system capability the machine ends.
 * The words travel beside the thread's registers, not in them: a full context stays as it is.
 */
void fault_raise(struct thread *thread, const struct fault *fault);

