/* SPDX-License-Identifier: BSD-2-Clause */
/* A partition's pager: a process of its own in the partition's memory, which gets the program's space and half of all memory to serve it from. */
#include <string.h>

#include <l4/stubs.h>
#include <servers/layout.h>
#include <servers/pager.h>

#include "build.h"
#include "image.h"

#define PAGE_SIZE (1UL << L4_PAGE_BITS)
#define PAGER_SLOTS_BITS 11
#define PAGER_STACK_PAGES 4
#define TABLE_SIZE (IMAGE_REGIONS + 4)

struct table {
	size_t count;
	struct pager_region region[TABLE_SIZE];
};

l4_cap_t build_pager_endpoint(struct part *part)
{
	l4_cap_t endpoint = 0;
	process_check(&part->program, l4_object_new(&part->objects, L4_TYPE_ENDPOINT, &endpoint), "no endpoint could be made");
	return endpoint;
}

static void add(struct table *table, struct pager_region region)
{
	table->region[table->count++] = region;
}

/* The program's segments. Each template frame is copied into the pager's cnode: it can be mapped once through each capability. */
static void add_image(struct part *part, struct table *table)
{
	const struct image *image = image_of(part->description->program);
	if (!image) {
		process_check(&part->pager, L4_OUT_OF_MEMORY, "the program's template could not be made");
		return;
	}
	part->program.entry = image->entry;
	for (unsigned int i = 0; i < image->count; i++) {
		struct pager_region region = image->region[i];
		l4_word_t slots = region.kind == PAGER_ZERO ? 0 : region.pages;
		l4_cap_t first = part->pager.next_slot;
		for (l4_word_t j = 0; j < slots; j++)
			process_give(&part->pager, NULL, region.template + j, L4_READ | L4_EXECUTE, 0);
		region.template = first;
		add(table, region);
	}
}

static void add_memory(const struct partition *description, struct table *table)
{
	l4_word_t stack = description->stack_pages;
	l4_word_t bottom = LAYOUT_STACK_TOP - stack * PAGE_SIZE;
	add(table, (struct pager_region){.vaddr = bottom - LAYOUT_GUARD_PAGES * PAGE_SIZE, .pages = LAYOUT_GUARD_PAGES, .kind = PAGER_GUARD});
	add(table, (struct pager_region){.vaddr = bottom, .pages = stack, .kind = PAGER_ZERO, .rights = L4_READ | L4_WRITE});
	add(table, (struct pager_region){.vaddr = LAYOUT_HEAP, .pages = description->heap_pages, .kind = PAGER_ZERO, .rights = L4_READ | L4_WRITE});
}

static void give_service(struct part *part, l4_cap_t endpoint)
{
	struct process *pager = &part->pager;
	l4_cap_t reply = 0;
	process_give(pager, "endpoint", endpoint, L4_READ, 0);
	process_give(pager, "monitor", part_endpoint(part, ROLE_PAGER), L4_WRITE, 0);
	process_give(pager, "client", part->program.space.vspace, L4_WRITE, 0);
	process_check(pager, l4_object_new(&part->objects, L4_TYPE_REPLY, &reply), "no reply object could be made");
	process_check(pager, l4_thread_bind(pager->thread, L4_BIND_REPLY, reply), "no reply object could be bound");
}

/*
 * A passive server must have reached its first receive before it loses its time. It runs in the monitor's domain, and above it, until then, so when the
 * monitor goes on it has; afterwards it runs in its partition's, on the time of those that fault, just above them.
 */
static void make_passive(struct part *part)
{
	struct process *pager = &part->pager;
	l4_word_t state = L4_THREAD_SUSPENDED;
	if (pager->problem)
		return;
	process_check(pager, l4_thread_info(pager->thread, &state, NULL, NULL), "the pager's state is unknown");
	if (state != L4_THREAD_RECEIVING)
		process_check(pager, L4_BAD_STATE, "the pager did not come up");
	process_check(pager, l4_thread_bind(pager->thread, L4_BIND_SCHED_CONTEXT, 0), "the pager could not be made passive");
	process_check(pager, l4_thread_bind(pager->thread, L4_BIND_DOMAIN, part->domain), "the pager could not be moved to its domain");
	process_check(pager, l4_thread_set_priority(pager->thread, part->domain, part->description->priority + 1), "the pager's priority");
}

void build_pager(struct part *part, l4_cap_t endpoint, l4_cap_t objects, l4_cap_t pages)
{
	struct process *pager = &part->pager;
	struct table table = {0};
	struct process_config config = part_config(part, part_endpoint(part, ROLE_PAGER_FAULT));
	config.slots_bits = PAGER_SLOTS_BITS;
	config.domain = monitor.handover->domain;
	config.priority = monitor.part[0].description->priority + 1;
	/* It comes up before the monitor goes on, however slow the machine is; afterwards it has no time of its own. */
	config.budget = config.period;
	process_create(pager, &part->objects, &monitor.window, &config);
	part_load(pager, "pager");
	process_map_memory(pager, PAGER_STACK_PAGES, 0);
	process_give_own(pager, "cnode", pager->cnode, L4_SLOT_CNODE);
	process_give_own(pager, "vspace", pager->space.vspace, L4_SLOT_VSPACE);
	part_give_untyped(part, pager, objects);
	part_give_untyped(part, pager, pages);
	give_service(part, endpoint);
	add_image(part, &table);
	add_memory(part->description, &table);
	process_map_data(pager, "regions", table.region, table.count * sizeof(table.region[0]));
	process_tell(pager, "region_count", table.count);
	process_tell(pager, "quota", part->description->quota_pages);
	process_arguments(pager, "pager", part->description->name);
	process_start(pager);
	make_passive(part);
	if (pager->problem)
		process_check(&part->program, pager->status, pager->problem);
}
