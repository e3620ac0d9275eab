/* SPDX-License-Identifier: BSD-2-Clause */
/* The allocators of slots, objects and pages, over a model of the kernel. */
#include <host_test.h>

#include <fake_kernel.h>
#include <string.h>

#include <l4/pages.h>

#define FIRST_SLOT 8
#define UNTYPED_SLOT 3

static uint64_t bitmap[L4_SLOTS_WORDS(FAKE_SLOTS)];
static uint16_t owner[FAKE_SLOTS];
static struct l4_slots slots;
static struct l4_objects objects;

static void start(l4_word_t slot_count)
{
	fake_reset();
	l4_slots_init(&slots, FAKE_CNODE, FIRST_SLOT, slot_count, bitmap);
	l4_objects_init(&objects, &slots, owner);
}

static void add(l4_cap_t slot, l4_word_t paddr, unsigned int size_bits, enum l4_memory kind)
{
	fake_untyped(slot, paddr, size_bits, kind);
	EXPECT_TRUE(l4_objects_add(&objects, slot));
}

TEST(SLOT0001, "all slots are handed out once, then none")
{
	start(130);
	for (l4_word_t i = 0; i < 130; i++)
		EXPECT_EQ(FIRST_SLOT + i, l4_slots_alloc(&slots));
	EXPECT_EQ(0, l4_slots_alloc(&slots));
	EXPECT_EQ(0, l4_slots_left(&slots));
	l4_slots_free(&slots, FIRST_SLOT + 65, 1);
	EXPECT_EQ(1, l4_slots_left(&slots));
	EXPECT_EQ(FIRST_SLOT + 65, l4_slots_alloc(&slots));
}

TEST(SLOT0002, "ranges are consecutive and fit into holes that are large enough")
{
	start(100);
	EXPECT_EQ(FIRST_SLOT, l4_slots_alloc_range(&slots, 100));
	EXPECT_EQ(0, l4_slots_alloc_range(&slots, 1));
	l4_slots_free(&slots, FIRST_SLOT + 10, 3);
	l4_slots_free(&slots, FIRST_SLOT + 60, 8);
	EXPECT_EQ(0, l4_slots_alloc_range(&slots, 9));
	EXPECT_EQ(FIRST_SLOT + 60, l4_slots_alloc_range(&slots, 4));
	EXPECT_EQ(FIRST_SLOT + 10, l4_slots_alloc_range(&slots, 3));
	EXPECT_EQ(FIRST_SLOT + 64, l4_slots_alloc_range(&slots, 4));
	EXPECT_EQ(0, l4_slots_alloc_range(&slots, 0));
}

TEST(SLOT0003, "random use agrees with a table of bytes")
{
	static uint8_t taken[500];
	l4_word_t left = 0;

	start(500);
	memset(taken, 0, sizeof(taken));
	for (int round = 0; round < 20000; round++) {
		l4_word_t count = host_random() % 9 + 1;

		if (host_random() % 2) {
			l4_cap_t first = l4_slots_alloc_range(&slots, count);

			for (l4_word_t i = 0; first && i < count; i++)
				EXPECT_EQ(0, taken[first - FIRST_SLOT + i]++);
		} else {
			l4_word_t index = host_random() % 500;

			for (; count > 0 && index < 500 && taken[index]; count--, index++) {
				taken[index] = 0;
				l4_slots_free(&slots, FIRST_SLOT + index, 1);
			}
		}
	}
	for (l4_word_t i = 0; i < 500; i++)
		left += !taken[i];
	EXPECT_EQ(left, l4_slots_left(&slots));
}

TEST(OBJ0001, "small objects share a chunk, so that most of a big untyped stays whole")
{
	l4_cap_t object;

	start(1000);
	add(UNTYPED_SLOT, 0, 24, L4_MEMORY_OBJECT);
	for (int i = 0; i < 100; i++)
		EXPECT_EQ(L4_OK, l4_object_new(&objects, L4_TYPE_ENDPOINT, &object));
	EXPECT_EQ(L4_OK, l4_objects_alloc(&objects, L4_TYPE_CNODE, 23, L4_MEMORY_OBJECT, &object));
	EXPECT_EQ(1UL << 23, fake_paddr(object));
}

TEST(OBJ0002, "an object comes from the smallest untyped with room")
{
	l4_cap_t object;

	start(1000);
	add(UNTYPED_SLOT, 0, 24, L4_MEMORY_OBJECT);
	add(UNTYPED_SLOT + 1, 1UL << 30, 14, L4_MEMORY_OBJECT);
	EXPECT_EQ(L4_OK, l4_object_new(&objects, L4_TYPE_THREAD, &object));
	EXPECT_EQ(1UL << 30, fake_paddr(object));
	EXPECT_EQ(L4_OK, l4_object_new(&objects, L4_TYPE_THREAD, &object));
	EXPECT_EQ(L4_OK, l4_object_new(&objects, L4_TYPE_THREAD, &object));
	EXPECT_EQ(0, fake_paddr(object));
}

TEST(OBJ0003, "kinds of memory are kept apart, and types that nobody can make are refused")
{
	l4_cap_t object;

	start(1000);
	add(UNTYPED_SLOT, 0, 20, L4_MEMORY_OBJECT);
	EXPECT_EQ(L4_OUT_OF_MEMORY, l4_frame_new(&objects, 12, &object));
	EXPECT_EQ(L4_INVALID_ARGUMENT, l4_object_new(&objects, L4_TYPE_SCHEDULE_CONTROL, &object));
	EXPECT_EQ(L4_INVALID_ARGUMENT, l4_object_new(&objects, L4_TYPE_NULL, &object));
	EXPECT_EQ(L4_INVALID_ARGUMENT, l4_object_new(&objects, 1000, &object));
	EXPECT_EQ(1UL << 20, l4_objects_left(&objects, L4_MEMORY_OBJECT));
	EXPECT_EQ(0, l4_objects_left(&objects, L4_MEMORY_USER));
}

struct live {
	l4_cap_t slot;
	l4_word_t paddr;
	l4_word_t size;
};

static bool overlaps(const struct live *live, unsigned int count, l4_word_t paddr, l4_word_t size)
{
	for (unsigned int i = 0; i < count; i++)
		if (live[i].slot && paddr < live[i].paddr + live[i].size && live[i].paddr < paddr + size)
			return true;
	return false;
}

static const enum l4_type some_types[] = {L4_TYPE_ENDPOINT, L4_TYPE_THREAD, L4_TYPE_PAGE_TABLE, L4_TYPE_GUEST_VSPACE, L4_TYPE_SCHED_CONTEXT};

TEST(OBJ0004, "random allocation and freeing never overlaps, and in the end all memory and slots are back")
{
	static struct live live[300];
	l4_cap_t all;

	start(2000);
	memset(live, 0, sizeof(live));
	add(UNTYPED_SLOT, 0, 18, L4_MEMORY_OBJECT);
	add(UNTYPED_SLOT + 1, 1UL << 20, 20, L4_MEMORY_OBJECT);
	for (int round = 0; round < 5000; round++) {
		struct live *one = &live[host_random() % 300];
		enum l4_type type = some_types[host_random() % 5];

		if (one->slot) {
			EXPECT_EQ(L4_OK, l4_objects_free(&objects, one->slot));
			one->slot = 0;
		} else if (l4_object_new(&objects, type, &one->slot) == L4_OK) {
			l4_word_t paddr = fake_paddr(one->slot), size = 1UL << l4_object_bits(type, 0);
			l4_cap_t slot = one->slot;

			one->slot = 0;
			EXPECT_TRUE(!overlaps(live, 300, paddr, size));
			*one = (struct live){slot, paddr, size};
		} else {
			one->slot = 0;
		}
	}
	for (int i = 0; i < 300; i++)
		if (live[i].slot)
			EXPECT_EQ(L4_OK, l4_objects_free(&objects, live[i].slot));
	EXPECT_EQ(L4_OK, l4_objects_alloc(&objects, L4_TYPE_CNODE, 20, L4_MEMORY_OBJECT, &all));
	EXPECT_EQ(L4_OK, l4_objects_free(&objects, all));
	EXPECT_EQ(L4_INVALID_CAP, l4_objects_free(&objects, all));
	EXPECT_EQ(2, fake_caps());
	EXPECT_EQ(2000, l4_slots_left(&slots));
}

TEST(OBJ0005, "a reset destroys everything and makes all of it available again")
{
	l4_cap_t object;

	start(2000);
	add(UNTYPED_SLOT, 0, 20, L4_MEMORY_OBJECT);
	add(UNTYPED_SLOT + 1, 1UL << 30, 24, L4_MEMORY_USER);
	for (int round = 0; round < 3; round++) {
		while (l4_object_new(&objects, L4_TYPE_PAGE_TABLE, &object) == L4_OK)
			;
		while (l4_frame_new(&objects, 12, &object) == L4_OK && l4_slots_left(&slots) > 100)
			;
		l4_objects_given_away(&objects, object);
		EXPECT_EQ(L4_OK, l4_objects_reset(&objects));
		EXPECT_EQ(2, fake_caps());
		EXPECT_EQ(2000, l4_slots_left(&slots));
		EXPECT_EQ(1UL << 20, l4_objects_left(&objects, L4_MEMORY_OBJECT));
		EXPECT_EQ(1UL << 24, l4_objects_left(&objects, L4_MEMORY_USER));
	}
}

TEST(OBJ0006, "without slots nothing is made and nothing is lost")
{
	l4_cap_t first;

	start(10);
	add(UNTYPED_SLOT, 0, 16, L4_MEMORY_OBJECT);
	EXPECT_EQ(L4_OUT_OF_MEMORY, l4_objects_alloc_many(&objects, L4_TYPE_ENDPOINT, 0, L4_MEMORY_OBJECT, 11, &first));
	EXPECT_EQ(L4_OK, l4_objects_alloc_many(&objects, L4_TYPE_ENDPOINT, 0, L4_MEMORY_OBJECT, 10, &first));
	EXPECT_EQ(11, fake_caps());
}

/* Maps the pages, checks that each byte's page is there and from one piece of memory only, and unmaps them. */
static void check_mapping(const struct l4_pages *pages, l4_word_t vaddr)
{
	struct l4_space space = l4_space_of(FAKE_VSPACE, &objects);
	l4_word_t paddr;

	EXPECT_EQ(L4_OK, l4_pages_map(pages, &space, vaddr, L4_READ));
	for (l4_word_t offset = 0; offset < pages->size; offset += pages->size / 16 / 4096 * 4096 + 4096)
		EXPECT_TRUE(fake_translate(vaddr + offset, &paddr));
	EXPECT_TRUE(fake_translate(vaddr + pages->size - 1, &paddr));
	EXPECT_TRUE(!fake_translate(vaddr + pages->size, &paddr));
	EXPECT_EQ(L4_OK, l4_pages_unmap(pages));
	EXPECT_EQ(0, fake_mapped());
}

TEST(PAGE0001, "memory is made of the largest pages that fit its address")
{
	struct l4_pages pages;

	start(3000);
	add(UNTYPED_SLOT, 0, 24, L4_MEMORY_OBJECT);
	add(UNTYPED_SLOT + 1, 1UL << 32, 32, L4_MEMORY_USER);
	/* One page up to the next 2 MiB, one of 2 MiB up to 3 GiB, one of 1 GiB, then the rest. */
	EXPECT_EQ(L4_OK, l4_pages_new(&objects, 0xbfdff000, 0x80603000 - 0x3fdff000, &pages));
	EXPECT_EQ(12, pages.run[0].page_bits);
	EXPECT_EQ(1, pages.run[0].count);
	EXPECT_EQ(21, pages.run[1].page_bits);
	EXPECT_EQ(1, pages.run[1].count);
	EXPECT_EQ(30, pages.run[2].page_bits);
	EXPECT_EQ(1, pages.run[2].count);
	check_mapping(&pages, 0xbfdff000);
	EXPECT_EQ(L4_OK, l4_pages_free(&pages, &objects));
	EXPECT_EQ(0, pages.size);
}

TEST(PAGE0002, "memory is put together of several pieces of untyped memory")
{
	struct l4_pages pages;

	start(3000);
	add(UNTYPED_SLOT, 0, 20, L4_MEMORY_OBJECT);
	for (unsigned int i = 0; i < 4; i++)
		add(UNTYPED_SLOT + 1 + i, (l4_word_t)(i + 1) << 32, 24 - i, L4_MEMORY_USER);
	EXPECT_EQ(L4_OK, l4_pages_new(&objects, 0x80000000, 30UL << 20, &pages));
	check_mapping(&pages, 0x80000000);
	EXPECT_EQ(L4_OK, l4_pages_free(&pages, &objects));
}

TEST(PAGE0003, "when memory does not suffice nothing is left behind")
{
	struct l4_pages pages;

	start(3000);
	add(UNTYPED_SLOT, 0, 22, L4_MEMORY_USER);
	EXPECT_EQ(L4_OUT_OF_MEMORY, l4_pages_new(&objects, 0, 5UL << 20, &pages));
	EXPECT_EQ(1UL << 22, l4_objects_left(&objects, L4_MEMORY_USER));
	EXPECT_EQ(1, fake_caps());
	EXPECT_EQ(L4_INVALID_ARGUMENT, l4_pages_new(&objects, 0, 4095, &pages));
	EXPECT_EQ(L4_INVALID_ARGUMENT, l4_pages_new(&objects, 12, 4096, &pages));
	EXPECT_EQ(L4_INVALID_ARGUMENT, l4_pages_new(&objects, 0, 0, &pages));
	EXPECT_EQ(L4_OK, l4_pages_new(&objects, 0, 4UL << 20, &pages));
}

TEST(PAGE0004, "copies map beside the originals and vanish with them")
{
	struct l4_space space = l4_space_of(FAKE_VSPACE, &objects);
	struct l4_pages pages, copy;
	l4_word_t first, second;

	start(3000);
	add(UNTYPED_SLOT, 0, 20, L4_MEMORY_OBJECT);
	add(UNTYPED_SLOT + 1, 1UL << 32, 22, L4_MEMORY_USER);
	EXPECT_EQ(L4_OK, l4_pages_new(&objects, 0x1ff000, 0x202000, &pages));
	EXPECT_EQ(L4_OK, l4_pages_copy(&pages, &slots, L4_READ, &copy));
	EXPECT_EQ(L4_OK, l4_pages_map(&pages, &space, 0x1ff000, L4_READ));
	EXPECT_EQ(L4_OK, l4_pages_map(&copy, &space, 0x80000000 + 0x1ff000, L4_READ));
	EXPECT_TRUE(fake_translate(0x300123, &first) && fake_translate(0x80300123, &second));
	EXPECT_EQ(first, second);
	EXPECT_EQ(L4_OK, l4_pages_delete(&copy, &slots));
	EXPECT_TRUE(!fake_translate(0x80300123, &second) && fake_translate(0x300123, &first));
	EXPECT_EQ(L4_OK, l4_pages_copy(&pages, &slots, L4_READ, &copy));
	EXPECT_EQ(L4_OK, l4_pages_free(&pages, &objects));
	EXPECT_EQ(0, fake_mapped());
}

TEST(PAGE0005, "a mapping that meets another is taken back as a whole")
{
	struct l4_space space = l4_space_of(FAKE_VSPACE, &objects);
	struct l4_pages pages;
	l4_cap_t frame;

	start(3000);
	add(UNTYPED_SLOT, 0, 20, L4_MEMORY_OBJECT);
	add(UNTYPED_SLOT + 1, 1UL << 32, 22, L4_MEMORY_USER);
	EXPECT_EQ(L4_OK, l4_frame_new(&objects, 12, &frame));
	EXPECT_EQ(L4_OK, l4_space_map(&space, frame, 0x13000, L4_READ));
	EXPECT_EQ(L4_OK, l4_pages_new(&objects, 0x10000, 0x5000, &pages));
	EXPECT_EQ(L4_OCCUPIED, l4_pages_map(&pages, &space, 0x10000, L4_READ));
	EXPECT_EQ(1, fake_mapped());
}

TEST(PAGE0006, "device memory is covered whole, by pages that fit the address")
{
	struct l4_pages pages;

	start(3000);
	add(UNTYPED_SLOT, 0, 20, L4_MEMORY_OBJECT);
	fake_untyped(UNTYPED_SLOT + 1, 0x10000000, 12, L4_MEMORY_DEVICE);
	fake_untyped(UNTYPED_SLOT + 2, 0x20000000, 22, L4_MEMORY_DEVICE);
	EXPECT_EQ(L4_OK, l4_pages_of_device(&slots, UNTYPED_SLOT + 1, 4096, 0x40000000, &pages));
	EXPECT_EQ(12, pages.run[0].page_bits);
	EXPECT_EQ(L4_OK, l4_pages_delete(&pages, &slots));
	EXPECT_EQ(L4_OK, l4_pages_of_device(&slots, UNTYPED_SLOT + 2, 1UL << 22, 0x40000000, &pages));
	EXPECT_EQ(2, pages.run[0].count);
	EXPECT_EQ(L4_OK, l4_pages_delete(&pages, &slots));
	EXPECT_EQ(L4_OK, l4_pages_of_device(&slots, UNTYPED_SLOT + 2, 1UL << 22, 0x40001000, &pages));
	EXPECT_EQ(1, pages.runs);
	EXPECT_EQ(1024, pages.run[0].count);
	check_mapping(&pages, 0x40001000);
}
