/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls, over the architecture's entry. Words beyond a message's length come back as 0. All of them may switch to another thread. */
#pragma once

#include <l4/arch/syscall.h>

/* Sends to `cap` and waits for the answer. Blocks while nobody receives. Errors: INVALID_CAP, NO_RIGHT, PEER_GONE, CANCELLED. */
static inline __attribute__((always_inline)) struct l4_result l4_call(l4_cap_t cap, l4_word_t tag, struct l4_registers *m)
{
	return l4_ecall(L4_SYS_CALL, cap, tag, m);
}

/* Answers the caller in the thread's bound reply object (if any), and waits for the next message from `cap`. */
static inline __attribute__((always_inline)) struct l4_result l4_reply_recv(l4_cap_t cap, l4_word_t tag, struct l4_registers *m)
{
	return l4_ecall(L4_SYS_REPLY_RECV, cap, tag, m);
}

/* Sends without waiting for an answer: to an endpoint (blocks until received), a notification, a reply object or a virq. */
static inline __attribute__((always_inline)) struct l4_result l4_send(l4_cap_t cap, l4_word_t tag, struct l4_registers *m)
{
	return l4_ecall(L4_SYS_SEND, cap, tag, m);
}

/* As l4_send, but an endpoint without a receiver gives WOULD_BLOCK. */
static inline __attribute__((always_inline)) struct l4_result l4_send_nonblocking(l4_cap_t cap, l4_word_t tag, struct l4_registers *m)
{
	return l4_ecall(L4_SYS_SEND_NONBLOCKING, cap, tag, m);
}

/* Waits for a message from an endpoint, or for the bits of a notification (which come as the badge). */
static inline __attribute__((always_inline)) struct l4_result l4_recv(l4_cap_t cap, struct l4_registers *m)
{
	return l4_ecall(L4_SYS_RECV, cap, 0, m);
}

/* As l4_recv, but gives WOULD_BLOCK where it would wait. */
static inline __attribute__((always_inline)) struct l4_result l4_recv_nonblocking(l4_cap_t cap, struct l4_registers *m)
{
	return l4_ecall(L4_SYS_RECV_NONBLOCKING, cap, 0, m);
}

/* Signals a notification or raises a virq. Never blocks. */
static inline __attribute__((always_inline)) l4_status_t l4_signal(l4_cap_t cap)
{
	struct l4_registers m = {{0}};
	return l4_ecall(L4_SYS_SEND, cap, 0, &m).status;
}

/* Waits for a notification; gives its bits. */
static inline __attribute__((always_inline)) l4_word_t l4_wait(l4_cap_t notification)
{
	struct l4_registers m;
	return l4_recv(notification, &m).badge;
}

/* The bits of a notification without waiting; 0 where there are none. */
static inline __attribute__((always_inline)) l4_word_t l4_poll(l4_cap_t notification)
{
	struct l4_registers m;
	struct l4_result result = l4_recv_nonblocking(notification, &m);
	return result.status == L4_OK ? result.badge : 0;
}

/* Lets other threads of the same priority run first. */
static inline __attribute__((always_inline)) void l4_yield(void)
{
	struct l4_registers m = {{0}};
	l4_ecall(L4_SYS_YIELD, 0, 0, &m);
}

/* An operation on a kernel object; what the stubs in l4/stubs.h are made of. Results replace the words. */
static inline __attribute__((always_inline)) l4_status_t l4_invoke(l4_cap_t cap, l4_word_t tag, struct l4_registers *m)
{
	return l4_ecall(L4_SYS_CALL, cap, tag, m).status;
}
