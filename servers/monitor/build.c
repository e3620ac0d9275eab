/* SPDX-License-Identifier: BSD-2-Clause */
#include "build.h"

#include <string.h>

#include <l4/cpio.h>
#include <l4/debug.h>
#include <l4/stubs.h>
#include <servers/pager.h>

#include "build_uart.h"
#include "channels.h"
#include "console_channels.h"
#include "devices.h"
#include "keep.h"
#include "overruns.h"
#include "ports.h"
#include "say.h"
#include "schedules.h"
#include "watchdog.h"

void part_init(struct part *part, unsigned int index)
{
	const struct handover *handover = monitor.handover;
	l4_word_t first = handover->free_slot + MONITOR_OWN_SLOTS + index * HANDOVER_PARTITION_SLOTS;
	part->description = &handover->system.partition[index];
	part->memory = &handover->memory[index];
	part->index = index;
	l4_slots_init(&part->slots, L4_SLOT_CNODE, first, HANDOVER_PARTITION_SLOTS, part->slot_bitmap);
	l4_objects_init(&part->objects, &part->slots, part->slot_owner);
	if (part_is(part, PARTITION_MONITOR))
		return;
	l4_objects_add(&part->objects, part->memory->object);
	l4_objects_add(&part->objects, part->memory->user);
}

l4_cap_t part_endpoint(struct part *part, enum role role)
{
	l4_cap_t slot = l4_slots_alloc(&part->slots);
	process_check(&part->program,
		      l4_cnode_mint(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, monitor.handover->endpoint, L4_WRITE | L4_GRANT, badge_of(part, role)),
		      "no capability to the monitor could be made");
	return slot;
}

l4_cap_t part_half(struct part *part, struct process *process, enum l4_memory kind)
{
	unsigned int bits = (kind == L4_MEMORY_OBJECT ? part->description->object_bits : part->description->user_bits) - 1;
	l4_cap_t half = 0;
	process_check(process, l4_objects_alloc(&part->objects, L4_TYPE_UNTYPED, bits, kind, &half), "its memory could not be divided");
	return half;
}

l4_word_t part_give_untyped(struct part *part, struct process *process, l4_cap_t untyped)
{
	l4_word_t bits = 0, kind = 0;
	if (process->problem)
		return 0;
	l4_untyped_info(untyped, &bits, NULL, &kind);
	l4_word_t given = process_move(process, NULL, untyped);
	l4_objects_given_away(&part->objects, untyped);
	part->given[kind] += 1UL << bits;
	const struct l4_boot_untyped info = {.size_bits = (uint32_t)bits, .kind = (uint32_t)kind};
	process_check(process, l4_startup_add_untyped(&process->startup, given, &info) ? L4_OK : L4_OUT_OF_MEMORY, "the startup block is full");
	return given;
}

struct process_config part_config(const struct part *part, l4_cap_t handler)
{
	const struct partition *description = part->description;
	return (struct process_config){
		.like = l4_startup(),
		.slots_bits = description->slots_bits,
		.domain = part->domain,
		.handler = handler,
		.priority = description->priority,
		.budget = process_ticks(l4_startup(), description->budget),
		.period = process_ticks(l4_startup(), description->period),
	};
}

void part_map(struct part *part, l4_cap_t frame, l4_word_t vaddr, l4_word_t rights)
{
	l4_cap_t copy = l4_slots_alloc(&part->slots);
	process_check(&part->program, l4_cnode_copy(L4_SLOT_CNODE, copy, L4_SLOT_CNODE, frame, rights), "the guest's files need too many pages");
	if (!part->program.problem)
		process_check(&part->program, l4_space_map(&part->program.space, copy, vaddr, rights), "the guest's files could not be mapped");
}

void part_load(struct process *process, const char *program)
{
	struct l4_cpio_file file;
	if (l4_cpio_find((const void *)monitor.handover->bundle_vaddr, monitor.handover->bundle_size, program, &file))
		process_load(process, file.data, file.size);
	else
		process_check(process, L4_INVALID_ARGUMENT, "the boot bundle has no such program");
}

/* The console has a notification of its own for all it waits for. */
static void give_timer(struct part *part)
{
	struct process *process = &part->program;
	l4_cap_t timer = 0;
	process_check(process, l4_object_new(&part->objects, L4_TYPE_TIMER, &timer), "no timer could be made");
	process_give(process, "timer", timer, L4_WRITE, 0);
	if (part->notification)
		process_give(process, "timer.notify", part->notification, L4_WRITE, 1);
}

/* What the last incarnation did not hear of its timer is not for this one. What others signalled is: they may have been built, and have run, before it. */
static void forget_timer(struct part *part)
{
	l4_word_t others = l4_poll(part->notification) & ~1UL;
	l4_cap_t again = l4_slots_alloc(&part->slots);
	if (others && l4_cnode_mint(L4_SLOT_CNODE, again, L4_SLOT_CNODE, part->notification, L4_WRITE, others) == L4_OK)
		l4_signal(again);
}

static void give_notification(struct part *part)
{
	if (!part->notification)
		return;
	forget_timer(part);
	process_give(&part->program, "notification", part->notification, L4_READ, 0);
}

/* The endpoint on which it serves, and a reply object bound to its thread. */
static void give_service(struct part *part)
{
	struct process *process = &part->program;
	l4_cap_t reply = 0;
	process_give(process, "endpoint", part->endpoint, L4_READ, 0);
	process_check(process, l4_object_new(&part->objects, L4_TYPE_REPLY, &reply), "no reply object could be made");
	process_check(process, l4_thread_bind(process->thread, L4_BIND_REPLY, reply), "no reply object could be bound");
}

static void give_console_devices(struct part *part)
{
	struct process *process = &part->program;
	build_give_uart(part, &monitor.handover->uart);
	process_give(process, "uart.irq", monitor.handover->uart.interrupt, L4_WRITE, 0);
	console_channels_give_console(part, process);
}

/* A partition that makes objects itself: its own cnode and three quarters of its object memory. */
static void give_objects(struct part *part, l4_cap_t half)
{
	struct process *process = &part->program;
	l4_cap_t quarter = 0;
	process_check(process,
		      l4_objects_alloc(&part->objects, L4_TYPE_UNTYPED, part->description->object_bits - 2, L4_MEMORY_OBJECT, &quarter),
		      "its memory could not be divided");
	process_give_own(process, "cnode", process->cnode, L4_SLOT_CNODE);
	part_give_untyped(part, process, half);
	part_give_untyped(part, process, quarter);
}

static void give_all(struct part *part, l4_cap_t half)
{
	struct process *process = &part->program;
	part->monitor_cap = part_endpoint(part, ROLE_PROGRAM);
	part->monitor_slot = process_give(process, "monitor", part->monitor_cap, L4_WRITE, 0);
	part->is_cut_off = false;
	console_channel_give_client(part, process);
	give_notification(part);
	if (part_is(part, PARTITION_TIMER))
		give_timer(part);
	if (part_is(part, PARTITION_SERVES))
		give_service(part);
	if (part_is(part, PARTITION_CONSOLE))
		give_console_devices(part);
	if (part_is(part, PARTITION_OBJECTS))
		give_objects(part, half);
	if (part_is(part, PARTITION_GUEST))
		build_guest(part, half);
	if (part_is(part, PARTITION_INSPECTS))
		process_give(&part->program, "inspector", monitor.handover->inspector, L4_READ, 0);
	if (part_is(part, PARTITION_TRACES) && monitor.handover->trace)
		process_give(&part->program, "trace", monitor.handover->trace, L4_READ | L4_WRITE, 0);
	schedules_give(part);
	channels_give(part);
	ports_give(part);
	devices_give(part);
	keep_give(part);
	watchdog_give(part);
	if (overruns_are_heard(part)) {
		part->overrun_cap = part_endpoint(part, ROLE_PROGRAM_FAULT);
		overruns_hear(part);
	}
}

static void build_unpaged(struct part *part, l4_cap_t half)
{
	const struct partition *description = part->description;
	struct process_config config = part_config(part, part_endpoint(part, ROLE_PROGRAM_FAULT));
	process_create(&part->program, &part->objects, &monitor.window, &config);
	process_arguments(&part->program, description->name, description->arguments);
	part_load(&part->program, description->program);
	process_map_memory(&part->program, description->stack_pages, description->heap_pages);
	give_all(part, half);
}

static void build_paged(struct part *part, l4_cap_t half)
{
	l4_cap_t pages = part_half(part, &part->program, L4_MEMORY_USER);
	l4_cap_t endpoint = build_pager_endpoint(part);
	l4_cap_t handler = l4_slots_alloc(&part->slots);
	struct process_config config = part_config(part, handler);
	process_check(&part->program, l4_cnode_mint(L4_SLOT_CNODE, handler, L4_SLOT_CNODE, endpoint, L4_WRITE | L4_GRANT, PAGER_BADGE_FAULT),
		      "the pager's endpoint could not be minted");
	process_create(&part->program, &part->objects, &monitor.window, &config);
	process_arguments(&part->program, part->description->name, part->description->arguments);
	process_set_heap(&part->program, part->description->heap_pages);
	build_pager(part, endpoint, half, pages);
	process_give(&part->program, "pager", endpoint, L4_WRITE, PAGER_BADGE_CALL);
	give_all(part, 0);
}

bool part_build(struct part *part, bool is_warm)
{
	struct process *process = &part->program;
	memset(process, 0, sizeof(*process));
	part->incarnation++;
	part->is_warm = is_warm;
	bool needs_half = part_is(part, PARTITION_PAGED | PARTITION_OBJECTS | PARTITION_GUEST);
	l4_cap_t half = needs_half ? part_half(part, process, L4_MEMORY_OBJECT) : 0;
	if (part_is(part, PARTITION_PAGED))
		build_paged(part, half);
	else
		build_unpaged(part, half);
	console_channel_reset(part);
	process_start(process);
	if (!process->problem) {
		part->state = PART_RUNNING;
		watchdog_begin(part);
		return true;
	}
	say("partition '%s' cannot be started: program '%s': %s%s%s: %s", part->description->name, part->description->program, process->problem,
	    process->detail ? " " : "", process->detail ? process->detail : "", l4_error_name(process->status));
	part_take_down(part);
	return false;
}

/* Nothing is made of the untyped memory any more, whoever had it. */
static void require_unused(l4_cap_t untyped)
{
	l4_word_t used = 0;
	L4_REQUIRE(l4_untyped_info(untyped, NULL, &used, NULL));
	L4_ENSURE(used == 0);
}

static void require_all_unused(const struct part *part)
{
	require_unused(part->memory->object);
	require_unused(part->memory->user);
	for (l4_word_t i = 0; i < part->memory->guest.count; i++)
		require_unused(part->memory->guest.slot[i]);
}

void part_take_down(struct part *part)
{
	L4_REQUIRE(l4_objects_reset(&part->objects)); /* the threads first: nothing of it runs any more */
	for (l4_word_t i = 0; i < part->memory->guest.count; i++)
		L4_REQUIRE(l4_cnode_revoke(L4_SLOT_CNODE, part->memory->guest.slot[i]));
	for (l4_word_t i = 0; i < HANDOVER_PARTITION_SLOTS; i++)
		if (part->slot_bitmap[i / 64] >> (i % 64) & 1)
			L4_REQUIRE(l4_cnode_delete(L4_SLOT_CNODE, part->slots.first + i));
	require_all_unused(part);
	l4_slots_init(&part->slots, L4_SLOT_CNODE, part->slots.first, HANDOVER_PARTITION_SLOTS, part->slot_bitmap);
	memset(part->given, 0, sizeof(part->given));
	part->state = PART_DOWN;
}
