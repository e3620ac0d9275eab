/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/abi/types.h>

/*
 * A page of each thread object, shared by its thread and the kernel. Words below L4_MESSAGE_REGISTERS are unused:
 * they travel in registers. The kernel trusts nothing in here.
 */
struct l4_ipc_buffer {
	l4_word_t message[L4_MESSAGE_WORDS];
	l4_word_t send_slot; /* with L4_TAG_CAP: the slot of the capability to hand over */
	l4_word_t recv_slot; /* an empty slot for a capability that arrives; 0 refuses it (the tag then lacks L4_TAG_CAP) */
	l4_word_t user[446]; /* the runtime's own use */
};

_Static_assert(sizeof(struct l4_ipc_buffer) == 1 << L4_PAGE_BITS, "the IPC buffer is one page");
_Static_assert(offsetof(struct l4_ipc_buffer, send_slot) == 512, "layout of the IPC buffer");
