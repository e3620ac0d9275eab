/* SPDX-License-Identifier: BSD-2-Clause */
#include "handover.h"

#include <l4/stubs.h>
#include <servers/layout.h>

#include "bundle.h"
#include "devices.h"
#include "init.h"
#include "memory.h"
#include "successor.h"

static struct manifest manifest;

static void give_bundle(void)
{
	manifest.bundle_vaddr = bundle_vaddr();
	manifest.bundle_size = init.bundle_size;
	manifest.bundle_runs = bundle_share(&successor.space, manifest.bundle);
	for (l4_word_t i = 0; i < manifest.bundle_runs; i++) {
		struct manifest_run *run = &manifest.bundle[i];
		l4_cap_t first = run->first;
		run->first = (uint32_t)successor.next_slot;
		for (uint32_t j = 0; j < run->count; j++)
			successor_move(first + j);
	}
}

/* The monitor's own memory moves last: its startup block is still to be made of it. */
static void give_memory(void)
{
	for (size_t i = 0; i < SYSTEM_PARTITIONS_MAX && partition_is_used(&manifest.system.partition[i]); i++) {
		struct manifest_memory *memory = &manifest.memory[i];
		bool own = manifest.system.partition[i].flags & PARTITION_MONITOR;
		memory->object = own ? successor_move_later(memory->object) : successor_move(memory->object);
		memory->user = own ? successor_move_later(memory->user) : successor_move(memory->user);
		for (l4_word_t j = 0; j < memory->guest_count; j++)
			memory->guest[j] = successor_move(memory->guest[j]);
	}
}

static void give_machine(void)
{
	manifest.uart_frame = successor_move(manifest.uart_frame);
	manifest.uart_interrupt = successor_move(manifest.uart_interrupt);
	successor_move(L4_BOOT_IRQ_CONTROL); /* the parent of every irq_handler */
	manifest.domain = successor_move_later(L4_BOOT_DOMAIN);
	manifest.machine = successor_move_later(L4_BOOT_SYSTEM);
	manifest.init_vspace = successor_move_later(L4_BOOT_VSPACE);
	manifest.init_sched_context = successor_move_later(L4_BOOT_SCHED_CONTEXT);
	manifest.init_memory = successor_move_later(init.scratch_untyped);
	manifest.init_thread = successor_move_later(L4_BOOT_THREAD);
	process_tell(&successor, "system", manifest.machine);
	successor_move_untypeds();
}

/* Gives away init's own cnode, and calls with a copy of the endpoint, which like everything left in the cnode dies with it. */
static __attribute__((noreturn)) void finish(l4_cap_t endpoint)
{
	init_require(l4_cnode_move(successor_cnode(), manifest.init_cnode, L4_BOOT_CNODE, L4_BOOT_CNODE), "handing over");
	for (;;) {
		struct l4_registers m = {{0}};
		l4_call(endpoint, l4_tag(MANIFEST_COMPLETE, 0), &m);
	}
}

void handover(const struct system_description *system)
{
	manifest.system = *system;
	manifest.page_levels = init.bootinfo->page_levels;
	memory_divide(system, manifest.memory);
	devices_init();
	devices_find_uart(&manifest);
	devices_find_seed(&manifest);
	successor_create(&system->partition[0], manifest.memory[0].object, manifest.memory[0].user);
	l4_cap_t endpoint = successor_object(L4_TYPE_ENDPOINT);
	l4_cap_t endpoint_copy = l4_slots_alloc(&init.slots);
	init_require(l4_cnode_copy(L4_BOOT_CNODE, endpoint_copy, L4_BOOT_CNODE, endpoint, L4_WRITE), "the monitor's endpoint");
	give_bundle();
	give_memory();
	give_machine();
	manifest.init_cnode = successor.next_slot++;
	successor_reserve_rest();
	manifest.endpoint = successor_place(endpoint);
	manifest.free_slot = successor.next_slot;
	process_map_data(&successor, "manifest", &manifest, sizeof(manifest));
	process_tell(&successor, "window", LAYOUT_WINDOW);
	successor_start();
	finish(endpoint_copy);
}
