/* SPDX-License-Identifier: BSD-2-Clause */
#include "keep.h"

#include <l4/keep.h>

#include "lasting.h"

l4_status_t keep_make(void)
{
	l4_status_t status = L4_OK;
	for (unsigned int i = 0; i < monitor.count && status == L4_OK; i++)
		status = lasting_make(&monitor.part[i].keep, monitor.part[i].description->keep_pages);
	return status;
}

void keep_give(struct part *part)
{
	if (part->keep.pages == 0)
		return;
	if (!part->is_warm)
		process_check(&part->program, lasting_clear(&part->keep), "what it kept could not be cleared");
	process_tell(&part->program, L4_KEEP, lasting_map(part, L4_KEEP, &part->keep, L4_READ | L4_WRITE));
	process_tell(&part->program, L4_KEEP_WARM, part->is_warm);
}
