/* SPDX-License-Identifier: BSD-2-Clause */
#include "objects.h"

#include <l4/startup.h>

#include "guest.h"

#define SLOTS_MAX 16384

struct l4_objects objects;
struct l4_space own_space;

static struct l4_slots slots;
static uint64_t slot_bitmap[L4_SLOTS_WORDS(SLOTS_MAX)];
static uint16_t slot_owner[SLOTS_MAX];

void objects_start(void)
{
	const struct l4_startup *startup = l4_startup();
	l4_word_t count = startup->slot_count - startup->free_slot;
	l4_slots_init(&slots, L4_SLOT_CNODE, startup->free_slot, count < SLOTS_MAX ? count : SLOTS_MAX, slot_bitmap);
	l4_objects_init(&objects, &slots, slot_owner);
	own_space = l4_space_of(L4_SLOT_VSPACE, &objects);
	for (uint32_t i = 0; i < startup->untyped_count; i++) {
		if (!l4_objects_add(&objects, startup->untyped[i].slot))
			guest_failed("VMM: too many untypeds", i);
	}
}

void objects_require(l4_status_t status, const char *step)
{
	if (status != L4_OK)
		guest_failed(step, status);
}

l4_cap_t objects_new(l4_word_t type)
{
	l4_cap_t object = 0;
	objects_require(l4_object_new(&objects, type, &object), "VMM: no memory for an object");
	return object;
}
