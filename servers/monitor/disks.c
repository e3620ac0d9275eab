/* SPDX-License-Identifier: BSD-2-Clause */
#include "disks.h"

#include <l4/stubs.h>
#include <servers/layout.h>
#include <servers/vmm.h>

#include "build.h"

#define FRAME_BITS 21

static l4_word_t frames_of(const struct part *part)
{
	return part->description->disk_memory >> FRAME_BITS;
}

/* All of one piece of memory, in consecutive slots. */
static l4_status_t make_frames(l4_cap_t untyped, l4_cap_t first, l4_word_t count)
{
	l4_status_t status = L4_OK;
	for (l4_word_t done = 0; done < count && status == L4_OK; done += L4_RETYPE_COUNT_MAX) {
		l4_word_t some = count - done < L4_RETYPE_COUNT_MAX ? count - done : L4_RETYPE_COUNT_MAX;
		status = l4_untyped_retype(untyped, L4_TYPE_FRAME, FRAME_BITS, L4_SLOT_CNODE, first + done, some);
	}
	return status;
}

static l4_status_t make(struct part *part)
{
	const struct handover_pieces *pieces = &part->memory->disk;
	l4_status_t status = L4_OK;
	part->disk = l4_slots_alloc_range(&monitor.slots, frames_of(part));
	l4_cap_t next = part->disk;
	for (l4_word_t i = 0; i < pieces->count && status == L4_OK; i++) {
		l4_word_t count = 1UL << (pieces->bits[i] - FRAME_BITS);
		status = next ? make_frames(pieces->slot[i], next, count) : L4_OUT_OF_MEMORY;
		next += count;
	}
	return status;
}

l4_status_t disks_make(void)
{
	l4_status_t status = L4_OK;
	for (unsigned int i = 0; i < monitor.count && status == L4_OK; i++)
		if (frames_of(&monitor.part[i]))
			status = make(&monitor.part[i]);
	return status;
}

void disk_give(struct part *part)
{
	if (!part->disk)
		return;
	for (l4_word_t i = 0; i < frames_of(part) && !part->program.problem; i++)
		part_map(part, part->disk + i, LAYOUT_DISK + (i << FRAME_BITS), L4_READ | L4_WRITE);
	process_tell(&part->program, VMM_DISK_COPY, LAYOUT_DISK);
	if (part->has_disk_content)
		process_tell(&part->program, VMM_DISK_KEPT, 1);
}
