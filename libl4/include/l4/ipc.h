/* SPDX-License-Identifier: BSD-2-Clause */
/* The calling thread's IPC buffer: message words beyond the registers, and capabilities that travel. */
#pragma once

#include <stdbool.h>

#include <l4/abi/ipc_buffer.h>
#include <l4/syscall.h>

/* The buffer of the calling thread, null where none is mapped. Set by program and thread start. */
extern _Thread_local volatile struct l4_ipc_buffer *l4_ipc_buffer;

/* Names the empty slot for the next capability that arrives at the calling thread; 0 refuses capabilities. */
void l4_accept_cap(l4_cap_t slot);

/* As l4_call, and hands a copy of the capability in `slot` over (with `move`: the capability itself). */
struct l4_result l4_call_with_cap(l4_cap_t endpoint, l4_word_t tag, struct l4_registers *m, l4_cap_t slot, bool move);
