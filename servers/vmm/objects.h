/* SPDX-License-Identifier: BSD-2-Clause */
/* The VMM's own kernel memory, slots and space. */
#pragma once

#include <l4/objects.h>
#include <l4/space.h>

/* Takes over what the startup block gives. */
void objects_start(void);

extern struct l4_objects objects;
extern struct l4_space own_space;

/* A new object, or the end of the guest: nothing can be built without it. */
l4_cap_t objects_new(l4_word_t type);

/* Where a step of building the guest has failed, ends the guest and says at which. */
void objects_require(l4_status_t status, const char *step);
