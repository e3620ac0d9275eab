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
