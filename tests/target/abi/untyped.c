/* SPDX-License-Identifier: BSD-2-Clause */
/* Untyped memory. Its capability cannot be copied, so it cannot lose rights: NO_RIGHT cannot be had of it. */
#include "worker.h"

#include <target.h>

static l4_status_t retype(l4_word_t type, l4_word_t size_bits, l4_cap_t slot, l4_word_t count)
{
	l4_word_t from = type == L4_TYPE_FRAME ? fixture.user_memory : fixture.object_memory;

	return l4_untyped_retype(from, type, size_bits, L4_SLOT_CNODE, slot, count);
}

static const struct {
	l4_word_t type, bytes;
	bool needs_vcpu;
} fixed[] = {
	{L4_TYPE_THREAD, 8192, false}, {L4_TYPE_ENDPOINT, 64, false}, {L4_TYPE_REPLY, 64, false}, {L4_TYPE_NOTIFICATION, 64, false},
	{L4_TYPE_VSPACE, 8192, false}, {L4_TYPE_PAGE_TABLE, 4096, false}, {L4_TYPE_SCHED_CONTEXT, 512, false}, {L4_TYPE_TIMER, 128, false}, {L4_TYPE_DOMAIN, 4096, false},
	{L4_TYPE_GUEST_VSPACE, 32768, true}, {L4_TYPE_VCPU, VCPU_BYTES, true}, {L4_TYPE_DOORBELL, 256, true}, {L4_TYPE_VIRQ, 128, true},
};

TEST(UT0001, "each object takes as much memory as the manual says")
{
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 16), slot = new_slot();

		if (fixed[i].needs_vcpu && !fixture.has_vcpu)
			continue;
		EXPECT_OK(l4_untyped_retype(untyped, fixed[i].type, 0, L4_SLOT_CNODE, slot, 1));
		EXPECT_EQ(fixed[i].bytes, used_of(untyped));
		delete_cap(slot);
		EXPECT_EQ(0, used_of(untyped));
	}
}

TEST(UT0002, "objects of fixed size take no other size; those of free size only sizes that make sense")
{
	l4_cap_t slot = new_slot();

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(fixed[i].type, 12, slot, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_UNTYPED, 0, slot, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_UNTYPED, 5, slot, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_UNTYPED, 64, slot, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_UNTYPED, ~0UL, slot, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_CNODE, 6, slot, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_CNODE, 64, slot, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_FRAME, 0, slot, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_FRAME, 13, slot, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_FRAME, 48, slot, 1));
	EXPECT_TRUE(is_empty(slot));
}

TEST(UT0003, "what is no object cannot be made")
{
	static const l4_word_t none[] = {L4_TYPE_NULL, L4_TYPE_SCHEDULE_CONTROL, L4_TYPE_IRQ_CONTROL, L4_TYPE_IRQ_HANDLER, L4_TYPE_SYSTEM, L4_TYPE_TYPES, 32, 40, 255, ~0UL};
	l4_cap_t slot = new_slot();

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(none[i], 0, slot, 1));
}

TEST(UT0004, "frames come of user memory, all else of object memory")
{
	l4_cap_t slot = new_slot();

	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_untyped_retype(fixture.object_memory, L4_TYPE_FRAME, 12, L4_SLOT_CNODE, slot, 1));
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (!fixed[i].needs_vcpu || fixture.has_vcpu)
			EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_untyped_retype(fixture.user_memory, fixed[i].type, 0, L4_SLOT_CNODE, slot, 1));
	}
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_untyped_retype(fixture.user_memory, L4_TYPE_CNODE, 12, L4_SLOT_CNODE, slot, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_untyped_retype(fixture.user_memory, L4_TYPE_UNTYPED, 11, L4_SLOT_CNODE, slot, 1));
}

TEST(UT0005, "counts and slots must be in range, slots empty")
{
	l4_cap_t cnode = new_cnode(16), slot = new_slot();

	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_ENDPOINT, 0, slot, 0));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_ENDPOINT, 0, slot, L4_RETYPE_COUNT_MAX + 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, retype(L4_TYPE_ENDPOINT, 0, slot, ~0UL));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_untyped_retype(fixture.object_memory, L4_TYPE_ENDPOINT, 0, cnode, 15, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_untyped_retype(fixture.object_memory, L4_TYPE_ENDPOINT, 0, cnode, 14, 2));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_untyped_retype(fixture.object_memory, L4_TYPE_ENDPOINT, 0, cnode, ~0UL, 2));
	EXPECT_OK(l4_untyped_retype(fixture.object_memory, L4_TYPE_ENDPOINT, 0, cnode, 14, 1));
	EXPECT_STATUS(L4_OCCUPIED, l4_untyped_retype(fixture.object_memory, L4_TYPE_ENDPOINT, 0, cnode, 14, 1));
	EXPECT_STATUS(L4_OCCUPIED, l4_untyped_retype(fixture.object_memory, L4_TYPE_ENDPOINT, 0, cnode, 10, 5));
	EXPECT_OK(l4_untyped_retype(fixture.object_memory, L4_TYPE_ENDPOINT, 0, cnode, 0, 14));
}

TEST(UT0006, "memory runs out exactly at its end")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 10), slots = new_slots(17);

	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, slots, 15));
	EXPECT_STATUS(L4_OUT_OF_MEMORY, l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, slots + 15, 2));
	EXPECT_EQ(960, used_of(untyped));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, slots + 15, 1));
	EXPECT_STATUS(L4_OUT_OF_MEMORY, l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, slots + 16, 1));
	EXPECT_STATUS(L4_OUT_OF_MEMORY, l4_untyped_retype(untyped, L4_TYPE_UNTYPED, 46, L4_SLOT_CNODE, slots + 16, 64));
	delete_cap(slots + 3);
	EXPECT_STATUS(L4_OUT_OF_MEMORY, l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, slots + 3, 1));
	revoke_cap(untyped);
	EXPECT_EQ(0, used_of(untyped));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, slots, 16));
}

TEST(UT0007, "objects are aligned to their size")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 16), slot = new_slots(4);

	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, slot, 1));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_THREAD, 0, L4_SLOT_CNODE, slot + 1, 1));
	EXPECT_EQ(16384, used_of(untyped));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_UNTYPED, 15, L4_SLOT_CNODE, slot + 2, 1));
	EXPECT_EQ(65536, used_of(untyped));
	EXPECT_STATUS(L4_OUT_OF_MEMORY, l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, slot + 3, 1));
}

TEST(UT0008, "a chain of untypeds is as long as DERIVATION_DEPTH_MAX, no longer")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 12);
	l4_status_t status = L4_OK;
	int made = 0;

	while (status == L4_OK) {
		l4_cap_t next = new_slot();

		status = l4_untyped_retype(untyped, L4_TYPE_UNTYPED, 12, L4_SLOT_CNODE, next, 1);
		if (status == L4_OK) {
			untyped = next;
			made++;
		}
	}
	EXPECT_STATUS(L4_TOO_DEEP, status);
	EXPECT_TRUE(made > L4_DERIVATION_DEPTH_MAX - 10 && made < L4_DERIVATION_DEPTH_MAX);
	EXPECT_STATUS(L4_TOO_DEEP, l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, new_slot(), 1));
}

TEST(UT0009, "info tells size, use and kind")
{
	l4_word_t bits, used, kind;
	l4_cap_t part = new_slot();

	EXPECT_OK(l4_untyped_info(fixture.object_memory, &bits, &used, &kind));
	EXPECT_EQ(OBJECT_BITS, bits);
	EXPECT_EQ(L4_MEMORY_OBJECT, kind);
	EXPECT_OK(l4_untyped_retype(fixture.user_memory, L4_TYPE_UNTYPED, 13, L4_SLOT_CNODE, part, 1));
	EXPECT_OK(l4_untyped_info(part, &bits, &used, &kind));
	EXPECT_EQ(13, bits);
	EXPECT_EQ(0, used);
	EXPECT_EQ(L4_MEMORY_USER, kind);
	EXPECT_EQ(8192, used_of(fixture.user_memory));
}

TEST(UT0010, "frames are cleared each time they are made, object memory too")
{
	l4_cap_t untyped = new_slot(), frame = new_slot();
	volatile l4_word_t *words = (volatile l4_word_t *)CASE_VADDR;

	EXPECT_OK(l4_untyped_retype(fixture.user_memory, L4_TYPE_UNTYPED, 14, L4_SLOT_CNODE, untyped, 1));
	for (int round = 0; round < 3; round++) {
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_FRAME, L4_PAGE_BITS, L4_SLOT_CNODE, frame, 1));
		map_frame(L4_SLOT_VSPACE, frame, CASE_VADDR, L4_READ | L4_WRITE);
		for (size_t i = 0; i < PAGE / sizeof(*words); i++) {
			EXPECT_EQ(0, words[i]);
			words[i] = ~0UL;
		}
		delete_cap(frame);
	}
}

TEST(UT0011, "an IPC buffer holds nothing of the thread before")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 13), thread = new_slot();
	volatile l4_word_t *words = (volatile l4_word_t *)CASE_VADDR;

	make_tables(L4_SLOT_VSPACE, CASE_VADDR);
	for (int round = 0; round < 3; round++) {
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_THREAD, 0, L4_SLOT_CNODE, thread, 1));
		EXPECT_OK(l4_thread_bind(thread, L4_BIND_VSPACE, L4_SLOT_VSPACE));
		EXPECT_OK(l4_thread_map_buffer(thread, CASE_VADDR));
		for (size_t i = 0; i < PAGE / sizeof(*words); i++) {
			EXPECT_EQ(0, words[i]);
			words[i] = ~0UL;
		}
		delete_cap(thread);
		EXPECT_TRUE(!can_read(CASE_VADDR));
	}
}

TEST(UT0012, "a large object's memory is cleared in pieces, and all of it")
{
	l4_cap_t cnode = new_cnode(4096);

	for (l4_word_t i = 0; i < 4095; i++) {
		l4_word_t type = 1;

		EXPECT_OK(l4_cnode_identify(cnode, i, &type, NULL, NULL, NULL, NULL));
		EXPECT_EQ(L4_TYPE_NULL, type);
	}
}

TEST(UT0013, "untyped memory cannot be copied, but moved; its children stay")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 12), slot = new_slot(), object = new_slot();

	EXPECT_STATUS(L4_BAD_OPERATION, try_copy(untyped, slot));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, object, 1));
	EXPECT_OK(l4_cnode_move(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, untyped));
	EXPECT_TRUE(is_empty(untyped));
	EXPECT_EQ(64, used_of(slot));
	delete_cap(slot);
	EXPECT_TRUE(is_empty(object));
}

TEST(UT0014, "deleting an untyped destroys everything in it")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 16), thread = new_slot(), endpoint = new_slot(), part = new_slot(), inner = new_slot(), copy = new_slot();

	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_THREAD, 0, L4_SLOT_CNODE, thread, 1));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, L4_SLOT_CNODE, endpoint, 1));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_UNTYPED, 12, L4_SLOT_CNODE, part, 1));
	EXPECT_OK(l4_untyped_retype(part, L4_TYPE_NOTIFICATION, 0, L4_SLOT_CNODE, inner, 1));
	EXPECT_OK(try_copy(inner, copy));
	delete_cap(untyped);
	EXPECT_TRUE(is_empty(thread) && is_empty(endpoint) && is_empty(part) && is_empty(inner) && is_empty(copy));
}

TEST(UT0015, "without the H extension objects for guests are UNSUPPORTED")
{
	static const l4_word_t guest_types[] = {L4_TYPE_GUEST_VSPACE, L4_TYPE_VCPU, L4_TYPE_DOORBELL, L4_TYPE_VIRQ};

	for (size_t i = 0; i < sizeof(guest_types) / sizeof(guest_types[0]); i++)
		EXPECT_STATUS(fixture.has_vcpu ? L4_OK : L4_UNSUPPORTED, retype(guest_types[i], 0, new_slot(), 1));
}
