/* SPDX-License-Identifier: BSD-2-Clause */
/* A monitor that maps one page too many, into its last partition: the first of the first channel's memory (tests/system/test_verify.py). */
#include <l4/stubs.h>

#include "devices.h"

void __real_devices_give(struct part *part);
void __wrap_devices_give(struct part *part);

void __wrap_devices_give(struct part *part)
{
	__real_devices_give(part);
	if (part->index != monitor.count - 1)
		return;
	l4_cap_t copy = l4_slots_alloc(&part->slots);
	process_check(&part->program, l4_cnode_copy(L4_SLOT_CNODE, copy, L4_SLOT_CNODE, monitor.channel_memory[0].piece[0], L4_READ), "a page too many");
	process_share(&part->program, NULL, copy, L4_READ);
}
