/* SPDX-License-Identifier: BSD-2-Clause */
#include "successor.h"

#include <string.h>

#include <l4/cpio.h>
#include <l4/debug.h>
#include <l4/stubs.h>
#include <servers/layout.h>

#include "init.h"

/* What init still needs until its successor runs has its place in the successor's cnode fixed before, and moves afterwards. */
#define LATE_MAX 16

static struct late_move {
	l4_cap_t from;
	l4_word_t to;
} late[LATE_MAX];
static size_t late_count;

struct process successor;
static struct l4_slots slots;
static struct l4_objects objects;
static uint64_t slot_bitmap[L4_SLOTS_WORDS(INIT_SLOTS_SUCCESSOR_COUNT)];
static uint16_t slot_owner[INIT_SLOTS_SUCCESSOR_COUNT];
static l4_word_t rest; /* where the successor's slots for all objects of its own memory begin */
static l4_cap_t cnode_copy;

/* What a fault of the successor ends: nobody stands above it. The badge is its name, for the kernel's message. */
static l4_cap_t make_handler(const char *name)
{
	l4_cap_t handler = l4_slots_alloc(&init.slots);
	l4_word_t badge = 0;
	memcpy(&badge, name, strnlen(name, sizeof(badge)));
	init_require(l4_cnode_mint(L4_BOOT_CNODE, handler, L4_BOOT_CNODE, L4_BOOT_SYSTEM, L4_WRITE, badge), "the successor's handler");
	return handler;
}

static void load(const struct partition *partition)
{
	struct l4_cpio_file file;
	if (!l4_cpio_find(init.bundle, init.bundle_size, partition->program, &file))
		init_fail("the boot bundle has no program '%s'", partition->program);
	process_load(&successor, file.data, file.size);
	process_map_memory(&successor, partition->stack_pages, partition->heap_pages);
	process_arguments(&successor, partition->name, partition->arguments);
}

void successor_create(const struct partition *partition, l4_cap_t object_memory, l4_cap_t user_memory)
{
	const struct l4_startup like = {.ticks_per_second = init.bootinfo->ticks_per_second, .min_budget = init.bootinfo->min_budget};
	const struct process_config config = {
		.like = &like,
		.slots_bits = partition->slots_bits,
		.domain = L4_BOOT_DOMAIN,
		.handler = make_handler(partition->name),
		.priority = partition->priority,
		.budget = process_ticks(&like, partition->budget),
		.period = process_ticks(&like, partition->period),
	};
	l4_slots_init(&slots, L4_BOOT_CNODE, INIT_SLOTS_SUCCESSOR, INIT_SLOTS_SUCCESSOR_COUNT, slot_bitmap);
	l4_objects_init(&objects, &slots, slot_owner);
	l4_objects_add(&objects, object_memory);
	l4_objects_add(&objects, user_memory);
	process_create(&successor, &objects, &init.window, &config);
	load(partition);
	successor_move(config.handler);
	process_give_own(&successor, "cnode", successor.cnode, L4_SLOT_CNODE);
	process_give_own(&successor, "thread", successor.thread, L4_SLOT_THREAD);
	process_give_own(&successor, "vspace", successor.space.vspace, L4_SLOT_VSPACE);
}

l4_cap_t successor_object(l4_word_t type)
{
	l4_cap_t object = 0;
	process_check(&successor, l4_object_new(&objects, type, &object), "an object could not be made");
	return object;
}

l4_word_t successor_place(l4_cap_t object)
{
	return rest + object - INIT_SLOTS_SUCCESSOR;
}

l4_word_t successor_move(l4_cap_t from)
{
	return process_move(&successor, NULL, from);
}

l4_word_t successor_move_later(l4_cap_t from)
{
	if (late_count == LATE_MAX)
		init_fail("too much to hand over at the end");
	late[late_count++] = (struct late_move){from, successor.next_slot};
	return successor.next_slot++;
}

static bool moves_later(l4_cap_t slot)
{
	for (size_t i = 0; i < late_count; i++)
		if (late[i].from == slot)
			return true;
	return false;
}

static l4_word_t type_of(l4_cap_t slot)
{
	l4_word_t type = L4_TYPE_NULL;
	l4_cnode_identify(L4_BOOT_CNODE, slot, &type, NULL, NULL, NULL, NULL);
	return type;
}

l4_word_t successor_move_untypeds(void)
{
	l4_word_t first = successor.next_slot;
	for (l4_word_t i = 0; i < init.bootinfo->untyped_count; i++)
		successor_move(L4_BOOT_UNTYPED + i);
	for (l4_word_t i = 0; i < INIT_SLOTS_MACHINE_COUNT; i++)
		if (type_of(INIT_SLOTS_MACHINE + i) == L4_TYPE_UNTYPED && !moves_later(INIT_SLOTS_MACHINE + i))
			successor_move(INIT_SLOTS_MACHINE + i);
	return first;
}

void successor_reserve_rest(void)
{
	rest = successor.next_slot;
	successor.next_slot += INIT_SLOTS_SUCCESSOR_COUNT;
}

static void move_rest(void)
{
	for (l4_word_t i = 0; i < INIT_SLOTS_SUCCESSOR_COUNT; i++)
		if (type_of(INIT_SLOTS_SUCCESSOR + i) != L4_TYPE_NULL)
			init_require(l4_cnode_move(cnode_copy, rest + i, L4_BOOT_CNODE, INIT_SLOTS_SUCCESSOR + i), "handing over");
}

void successor_start(void)
{
	process_start(&successor);
	if (successor.problem)
		init_fail("program '%s' could not be started: %s: %s", successor.startup.text, successor.problem, l4_error_name(successor.status));
	cnode_copy = l4_slots_alloc(&init.slots);
	init_require(l4_cnode_copy(L4_BOOT_CNODE, cnode_copy, L4_BOOT_CNODE, successor.cnode, L4_READ | L4_WRITE), "handing over");
	move_rest();
	for (size_t i = 0; i < late_count; i++)
		init_require(l4_cnode_move(cnode_copy, late[i].to, L4_BOOT_CNODE, late[i].from), "handing over");
}

l4_cap_t successor_cnode(void)
{
	return cnode_copy;
}
