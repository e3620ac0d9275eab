/* SPDX-License-Identifier: BSD-2-Clause */
#include "devices.h"

#include <stdio.h>

#include <l4/stubs.h>

#define NAME_SIZE (SYSTEM_NAME_SIZE + 8)

static void map_registers(struct part *part, const struct device *device, l4_cap_t first)
{
	struct process *process = &part->program;
	for (uint32_t i = 0; i < device->pages && !process->problem; i++) {
		l4_cap_t copy = l4_slots_alloc(&part->slots);
		process_check_named(process, l4_cnode_copy(L4_SLOT_CNODE, copy, L4_SLOT_CNODE, first + i, L4_READ | L4_WRITE),
				    "a device's page could not be copied", device->name);
		process_share(process, i == 0 ? device->name : NULL, copy, L4_READ | L4_WRITE);
	}
}

/* The interrupt signals the partition's notification. Binding unmasks the line, whatever the last incarnation left. */
static void give_interrupt(struct part *part, const struct device *device, l4_cap_t handler)
{
	struct process *process = &part->program;
	char name[NAME_SIZE];
	l4_cap_t notify = l4_slots_alloc(&part->slots);
	snprintf(name, sizeof(name), "%s.irq", device->name);
	process_check_named(process, l4_cnode_mint(L4_SLOT_CNODE, notify, L4_SLOT_CNODE, part->notification, L4_WRITE, device->badge),
			    "no capability to its notification could be made for", name);
	process_check_named(process, l4_irq_handler_bind(handler, notify), "no notification could be bound to", name);
	process_give(process, name, handler, L4_WRITE, 0);
}

void devices_give(struct part *part)
{
	const struct handover *handover = monitor.handover;
	for (uint32_t i = 0; i < handover->system.device_count; i++) {
		const struct device *device = &handover->system.device[i];
		if (device->owner != part->index)
			continue;
		map_registers(part, device, handover->device[i].registers);
		if (device->ports)
			process_give(&part->program, device->name, handover->device[i].ports, L4_READ | L4_WRITE, 0);
		if (device->has_interrupt)
			give_interrupt(part, device, handover->device[i].interrupt);
	}
}
