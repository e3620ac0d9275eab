/* SPDX-License-Identifier: BSD-2-Clause */
#include "handover.h"

#include <l4/stubs.h>
#include <servers/layout.h>

#include "bundle.h"
#include "devices.h"
#include "init.h"
#include "memory.h"
#include "successor.h"

static struct handover handover;

static void give_bundle(void)
{
	handover.bundle_vaddr = bundle_vaddr();
	handover.bundle_size = init.bundle_size;
	handover.bundle_runs = bundle_share(&successor.space, handover.bundle);
	for (l4_word_t i = 0; i < handover.bundle_runs; i++) {
		struct handover_run *run = &handover.bundle[i];
		l4_cap_t first = run->first;
		run->first = (uint32_t)successor.next_slot;
		for (uint32_t j = 0; j < run->count; j++)
			successor_move(first + j);
	}
}

static void give_pieces(struct handover_pieces *pieces)
{
	for (l4_word_t i = 0; i < pieces->count; i++)
		pieces->slot[i] = successor_move(pieces->slot[i]);
}

/* The monitor's own memory moves last: its startup block is still to be made of it. */
static void give_memory(void)
{
	for (size_t i = 0; i < SYSTEM_PARTITIONS_MAX && partition_is_used(&handover.system.partition[i]); i++) {
		struct handover_memory *memory = &handover.memory[i];
		bool own = handover.system.partition[i].flags & PARTITION_MONITOR;
		memory->object = own ? successor_move_later(memory->object) : successor_move(memory->object);
		memory->user = own ? successor_move_later(memory->user) : successor_move(memory->user);
		give_pieces(&memory->guest);
		give_pieces(&memory->disk);
	}
}

static void give_devices(void)
{
	const struct system_description *system = &handover.system;
	for (uint32_t i = 0; i < system->device_count; i++) {
		struct handover_device *device = &handover.device[i];
		l4_cap_t first = device->registers;
		for (uint32_t page = 0; page < system->device[i].pages; page++) {
			l4_word_t slot = successor_move(first + page);
			if (page == 0)
				device->registers = slot;
		}
		if (device->ports)
			device->ports = successor_move(device->ports);
		if (device->interrupt)
			device->interrupt = successor_move(device->interrupt);
	}
}

/* Where no partition has the flag, it goes with init: then nobody can get it any more. */
static l4_word_t give_if(l4_word_t flag, l4_cap_t cap)
{
	for (size_t i = 0; i < SYSTEM_PARTITIONS_MAX; i++)
		if (handover.system.partition[i].flags & flag)
			return successor_move(cap);
	return 0;
}

static void give_machine(void)
{
	handover.uart.registers = successor_move(handover.uart.registers);
	handover.uart.interrupt = successor_move(handover.uart.interrupt);
	if (handover.watchdog)
		handover.watchdog = successor_move(handover.watchdog);
	/* The parents of every irq_handler and of every range of ports. */
	successor_move(L4_BOOT_IRQ_CONTROL);
	if (init_holds(L4_BOOT_IO_PORT_CONTROL))
		successor_move(L4_BOOT_IO_PORT_CONTROL);
	handover.inspector = give_if(PARTITION_INSPECTS, L4_BOOT_INSPECTOR);
	handover.trace = init_holds(L4_BOOT_TRACE) ? give_if(PARTITION_TRACES, L4_BOOT_TRACE) : 0;
	handover.schedule_control = handover.system.schedule_count ? successor_move(L4_BOOT_SCHEDULE_CONTROL) : 0;
	handover.domain = successor_move_later(L4_BOOT_DOMAIN);
	handover.machine = successor_move_later(L4_BOOT_SYSTEM);
	handover.init_vspace = successor_move_later(L4_BOOT_VSPACE);
	handover.init_sched_context = successor_move_later(L4_BOOT_SCHED_CONTEXT);
	handover.init_memory = successor_move_later(init.scratch_untyped);
	handover.init_thread = successor_move_later(L4_BOOT_THREAD);
	process_tell(&successor, "system", handover.machine);
	successor_move_untypeds();
}

/* Gives away init's own cnode, and calls with a copy of the endpoint, which like everything left in the cnode dies with it. */
static __attribute__((noreturn)) void finish(l4_cap_t endpoint)
{
	init_require(l4_cnode_move(successor_cnode(), handover.init_cnode, L4_BOOT_CNODE, L4_BOOT_CNODE), "handing over");
	for (;;) {
		struct l4_registers m = {{0}};
		l4_call(endpoint, l4_tag(HANDOVER_COMPLETE, 0), &m);
	}
}

void hand_over(const struct system_description *system)
{
	handover.system = *system;
	handover.page_levels = init.bootinfo->page_levels;
	memory_divide(system, handover.memory);
	devices_find(&handover);
	devices_make(system, handover.device);
	if (system->watchdog)
		handover.watchdog = devices_watchdog();
	successor_create(&system->partition[0], handover.memory[0].object, handover.memory[0].user);
	l4_cap_t endpoint = successor_object(L4_TYPE_ENDPOINT);
	l4_cap_t endpoint_copy = l4_slots_alloc(&init.slots);
	init_require(l4_cnode_copy(L4_BOOT_CNODE, endpoint_copy, L4_BOOT_CNODE, endpoint, L4_WRITE), "the monitor's endpoint");
	give_bundle();
	give_memory();
	give_devices();
	give_machine();
	handover.init_cnode = successor.next_slot++;
	successor_reserve_rest();
	handover.endpoint = successor_place(endpoint);
	handover.free_slot = successor.next_slot;
	process_map_data(&successor, "handover", &handover, sizeof(handover));
	process_tell(&successor, "window", LAYOUT_WINDOW);
	successor_start();
	finish(endpoint_copy);
}
