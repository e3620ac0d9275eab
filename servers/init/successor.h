/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one program that init builds, and to which it moves what it has: the monitor, or a test suite. Moves, not copies: nothing that the
 * successor holds depends on a capability of init's.
 */
#pragma once

#include <servers/system.h>

#include "../monitor/process.h"

extern struct process successor;

/* Makes the process out of two untypeds of init's, with the sizes, priority and time that the description says; loads its file of the bundle. */
void successor_create(const struct partition *partition, l4_cap_t object_memory, l4_cap_t user_memory);

/* Makes an object of the successor's own memory. successor_place tells where it will lie, once successor_reserve_rest has been called. */
l4_cap_t successor_object(l4_word_t type);
l4_word_t successor_place(l4_cap_t object);

/* Moves a capability of init's now; once the successor runs. Both give its slot in the successor's cnode. */
l4_word_t successor_move(l4_cap_t from);
l4_word_t successor_move_later(l4_cap_t from);

/*
 * Moves all untypeds that still lie in init's cnode and need not stay for later: the boot-time ones, which are the ancestors of all memory (whoever holds them has
 * power over it), and those that were split off them on the way. Gives the slot of the first boot-time one; the others follow.
 */
l4_word_t successor_move_untypeds(void);

/* Fixes the slots for all that is made of the successor's own memory. Nothing may be moved or given any more. */
void successor_reserve_rest(void);

/* Starts it, and does the moves that had to wait. From then on init has nothing left but its own cnode, thread and space. */
void successor_start(void);

/* The successor's cnode, as a copy that init keeps. */
l4_cap_t successor_cnode(void);
