/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <l4/stubs.h>
#include <servers/layout.h>

#include "init.h"

#define SCRATCH_BITS 18
#define PIECE_BITS_MIN 21

static uint64_t machine_bitmap[L4_SLOTS_WORDS(INIT_SLOTS_MACHINE_COUNT)];
static uint16_t machine_owner[INIT_SLOTS_MACHINE_COUNT];
static uint64_t scratch_bitmap[L4_SLOTS_WORDS(INIT_SLOTS_SCRATCH_COUNT)];
static uint16_t scratch_owner[INIT_SLOTS_SCRATCH_COUNT];

void memory_init(void)
{
	l4_slots_init(&init.slots, L4_BOOT_CNODE, INIT_SLOTS_MACHINE, INIT_SLOTS_MACHINE_COUNT, machine_bitmap);
	l4_slots_init(&init.scratch_slots, L4_BOOT_CNODE, INIT_SLOTS_SCRATCH, INIT_SLOTS_SCRATCH_COUNT, scratch_bitmap);
	l4_objects_init(&init.machine, &init.slots, machine_owner);
	for (l4_word_t i = 0; i < init.bootinfo->untyped_count; i++)
		if (init.bootinfo->untyped[i].kind != L4_MEMORY_DEVICE)
			l4_objects_add(&init.machine, L4_BOOT_UNTYPED + i);
	init_require(l4_objects_alloc(&init.machine, L4_TYPE_UNTYPED, SCRATCH_BITS, L4_MEMORY_OBJECT, &init.scratch_untyped), "no memory for init");
	l4_objects_init(&init.scratch, &init.scratch_slots, scratch_owner);
	l4_objects_add(&init.scratch, init.scratch_untyped);
	init.window.own = l4_space_of(L4_BOOT_VSPACE, &init.scratch);
	init.window.vaddr = LAYOUT_WINDOW;
}

/* One piece that some partition needs. */
struct request {
	const struct partition *partition;
	l4_word_t *slot;
	unsigned int bits;
	enum l4_memory kind;
};

static void grant(const struct request *request)
{
	l4_status_t status = l4_objects_alloc(&init.machine, L4_TYPE_UNTYPED, request->bits, request->kind, request->slot);
	if (status != L4_OK)
		init_fail("this machine has too little memory: partition '%s' needs %lu KiB of %s memory more in one piece", request->partition->name,
			  1UL << (request->bits - 10), request->kind == L4_MEMORY_OBJECT ? "kernel object" : "user");
}

static void grant_all_of(struct request *requests, size_t count, unsigned int bits)
{
	for (size_t i = 0; i < count; i++)
		if (requests[i].bits == bits)
			grant(&requests[i]);
}

static size_t own_requests(const struct system_description *system, struct handover_memory *memory, struct request *requests)
{
	size_t count = 0;
	for (size_t i = 0; i < SYSTEM_PARTITIONS_MAX && partition_is_used(&system->partition[i]); i++) {
		const struct partition *partition = &system->partition[i];
		requests[count++] = (struct request){partition, &memory[i].object, partition->object_bits, L4_MEMORY_OBJECT};
		requests[count++] = (struct request){partition, &memory[i].user, partition->user_bits, L4_MEMORY_USER};
	}
	return count;
}

static __attribute__((noreturn)) void fail_guest(const struct partition *partition)
{
	init_fail("this machine has too little memory for guest '%s' of %lu MiB, with its disk's copy", partition->name,
		  (partition->guest_memory + partition->disk_memory) >> 20);
}

/*
 * A guest's memory, or its disk's, is a sum of powers of two. A piece that the machine does not have in one is taken in smaller ones, down to what one
 * large page can map.
 */
static void grant_pieces(const struct partition *partition, l4_word_t left, struct handover_pieces *pieces)
{
	unsigned int limit = 63;
	while (left > 0) {
		unsigned int bits = 63 - (unsigned int)__builtin_clzl(left);
		if (bits > limit)
			bits = limit;
		if (bits < PIECE_BITS_MIN || pieces->count == HANDOVER_PIECES)
			fail_guest(partition);
		l4_word_t *slot = &pieces->slot[pieces->count];
		if (l4_objects_alloc(&init.machine, L4_TYPE_UNTYPED, bits, L4_MEMORY_USER, slot) == L4_OK) {
			pieces->bits[pieces->count++] = (uint8_t)bits;
			left -= 1UL << bits;
		} else {
			limit = bits - 1;
		}
	}
}

static void grant_guest(const struct partition *partition, struct handover_memory *memory)
{
	grant_pieces(partition, partition->guest_memory, &memory->guest);
	grant_pieces(partition, partition->disk_memory, &memory->disk);
}

void memory_divide(const struct system_description *system, struct handover_memory memory[SYSTEM_PARTITIONS_MAX])
{
	struct request requests[2 * SYSTEM_PARTITIONS_MAX];
	for (size_t i = 0; i < SYSTEM_PARTITIONS_MAX; i++)
		if (system->partition[i].flags & PARTITION_GUEST)
			grant_guest(&system->partition[i], &memory[i]);
	size_t count = own_requests(system, memory, requests);
	for (unsigned int bits = 40; bits >= L4_PAGE_BITS; bits--)
		grant_all_of(requests, count, bits);
}
