/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of the ABI. Kernel and user share this folder; nothing in it includes anything outside it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <l4/abi/generated.h>

typedef uint64_t l4_word_t;
typedef uint64_t l4_cap_t;    /* a slot number of the caller's cnode; 0 is none */
typedef int64_t l4_status_t;  /* an enum l4_error */

enum l4_rights {
	L4_READ = 1,    /* receive from; read; look up slots of */
	L4_WRITE = 2,   /* send to; write; change */
	L4_GRANT = 4,   /* hand capabilities over through an endpoint */
	L4_EXECUTE = 8, /* frames only */
	L4_ALL_RIGHTS = 15,
};

/*
 * System-call numbers. The sign tells the two calls that have a fast path, so that one branch dispatches.
 * A call on anything but an endpoint is an operation on that kernel object.
 */
enum l4_syscall {
	L4_SYS_REPLY_RECV = -2,
	L4_SYS_CALL = -1,
	L4_SYS_SEND = 1,
	L4_SYS_SEND_NONBLOCKING = 2,
	L4_SYS_RECV = 3,
	L4_SYS_RECV_NONBLOCKING = 4,
	L4_SYS_YIELD = 5,
};

/*
 * A message tag: bits 6..0 the length in words, bit 7 a capability travels (the slot named in the IPC buffer), bit 8 it is moved
 * and not copied; received tags only: bit 9 this is no message but the bits of the bound notification (in the badge);
 * bits 63..11 the label. Bit 10 and, in tags to send, bit 9 are 0.
 */
#define L4_TAG_LENGTH_MASK 0x7fUL
#define L4_TAG_CAP 0x80UL
#define L4_TAG_MOVE 0x100UL
#define L4_TAG_NOTIFICATION 0x200UL
#define L4_TAG_LABEL_SHIFT 11

static inline l4_word_t l4_tag(l4_word_t label, l4_word_t length)
{
	return label << L4_TAG_LABEL_SHIFT | length;
}

static inline l4_word_t l4_tag_label(l4_word_t tag)
{
	return tag >> L4_TAG_LABEL_SHIFT;
}

static inline l4_word_t l4_tag_length(l4_word_t tag)
{
	return tag & L4_TAG_LENGTH_MASK;
}
