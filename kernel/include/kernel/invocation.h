/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/thread.h>

/*
 * A call on a kernel object. Handlers decode first and change nothing until they cannot fail any more.
 */
struct invocation {
	struct thread *thread; /* that calls */
	struct slot *target;
	word_t label;
	word_t length;
	const word_t *registers; /* its first eight message words */
	word_t result[L4_MESSAGE_REGISTERS]; /* results go here, so that arguments stay for a restart */
	word_t results;        /* how many result words the handler has set */
};

/* Not an error that users see: the call made progress, interrupts wait, and it starts again after them. */
#define STATUS_RESTART ((status_t)-1)

/* Message word `index`. Words of the IPC buffer can change at any time: read each once. */
word_t invocation_word(const struct invocation *inv, unsigned index);
/* Of a call that is to be restarted: what it is then called with in one of the first eight. */
void invocation_set_word(struct invocation *inv, unsigned index, word_t value);
void invocation_result(struct invocation *inv, unsigned index, word_t value);

/* The slot that word `index` names, if it holds `type` (or anything, for L4_TYPE_NULL) with `rights`. */
status_t MUST_CHECK invocation_slot(const struct invocation *inv, unsigned index, enum l4_type type, word_t rights, struct slot **slot);
/* The same; null for word 0. */
status_t MUST_CHECK invocation_optional_slot(const struct invocation *inv, unsigned index, enum l4_type type, word_t rights, struct slot **slot);

/* Does the operation on the kernel object in inv->target. */
status_t MUST_CHECK object_invoke(struct invocation *inv);
