/* SPDX-License-Identifier: BSD-2-Clause */
/* Builder of address spaces: a process's, or a guest's second stage. Needs no C library. */
#pragma once

#include <l4/objects.h>

struct l4_space {
	l4_cap_t vspace;
	struct l4_objects *objects; /* where page tables come from */
};

/* Describes a space that exists. */
static inline struct l4_space l4_space_of(l4_cap_t vspace, struct l4_objects *objects)
{
	return (struct l4_space){vspace, objects};
}

/* Makes an empty space. type: L4_TYPE_VSPACE or L4_TYPE_GUEST_VSPACE. */
l4_status_t l4_space_new(struct l4_space *space, l4_word_t type, struct l4_objects *objects);

/* Maps a frame at `vaddr` with `rights`, and makes the page tables that are missing on the way. */
l4_status_t l4_space_map(const struct l4_space *space, l4_cap_t frame, l4_word_t vaddr, l4_word_t rights);

/* Maps a thread's IPC buffer at `vaddr` of `space`, which must be the thread's own space, and makes the missing page tables. */
l4_status_t l4_space_map_buffer(const struct l4_space *space, l4_cap_t thread, l4_word_t vaddr);
