/* SPDX-License-Identifier: BSD-2-Clause */
#include "firmware.h"

#include <string.h>

#include <boot_info.h>

enum { INFO = 0x9000, MODULES = 0x9800, MAP = 0xa000 };
enum { RAM = 1, RESERVED = 2 };

static struct boot_info boot;
static unsigned int kind;
static uint64_t info_given;
static size_t info_size;

/* The memory map of both protocols' entries: the machine has 640 KiB and 63 MiB, and firmware reserves a bit of that. */
static const struct {
	uint64_t base, size;
	uint32_t kind, reserved;
} map[] = {{0, 0xa0000, RAM, 0}, {0x9fc00, 0x400, RESERVED, 0}, {0xf0000, 0x10000, RESERVED, 0}, {0x100000, 0x3f00000, RAM, 0}};

static void read_info(void)
{
	boot_info_read(&boot, kind, info_given);
}

static void put_word(uint64_t at, uint64_t value, size_t size)
{
	firmware_put(at, &value, size);
}

/* The first bytes are magic, version, flags and the count of modules. */
static void put_pvh(void)
{
	firmware_clear();
	put_word(INFO, 0x336ec578, 4);
	put_word(INFO + 4, 1, 4);
	put_word(INFO + 12, 1, 4);
	put_word(INFO + 16, MODULES, 8);
	put_word(INFO + 32, 0xf5a40, 8);
	put_word(INFO + 40, MAP, 8);
	put_word(INFO + 48, sizeof(map) / sizeof(*map), 4);
	put_word(MODULES, 0x3000000, 8);
	put_word(MODULES + 8, 0x12345, 8);
	firmware_put(MAP, map, sizeof(map));
	kind = BOOT_PVH;
	info_given = INFO;
	info_size = 56;
}

static void put_tag(uint32_t type, const void *body, size_t size)
{
	put_word(INFO + info_size, type, 4);
	put_word(INFO + info_size + 4, 8 + size, 4);
	firmware_put(INFO + info_size + 8, body, size);
	info_size += (8 + size + 7) & ~7UL;
	put_word(INFO, info_size, 4);
}

static void put_multiboot2(void)
{
	uint8_t memory_map[8 + sizeof(map)] = {24};

	firmware_clear();
	info_size = 8;
	memcpy(memory_map + 8, map, sizeof(map));
	put_tag(1, "command line", 13);
	put_tag(3, (const uint32_t[]){0x3000000, 0x3012345, 0}, 9);
	put_tag(3, (const uint32_t[]){0x2000000, 0x2000001, 0}, 9);
	put_tag(6, memory_map, sizeof(memory_map));
	put_tag(14, "RSD PTR old copy....", 20);
	put_tag(15, "RSD PTR new copy....................", 36);
	put_tag(0, "", 0);
	kind = BOOT_MULTIBOOT2;
	info_given = INFO;
}

static void expect_machine(void)
{
	EXPECT_NO_PANIC(read_info);
	EXPECT_EQ(0x3000000, boot.bundle.start);
	EXPECT_EQ(0x3012345, boot.bundle.end);
	EXPECT_EQ(2, boot.ram.count);
	EXPECT_TRUE(ranges_contain(&boot.ram, (struct boot_range){0, 0xa0000}));
	EXPECT_TRUE(ranges_contain(&boot.ram, (struct boot_range){0x100000, 0x4000000}));
	EXPECT_EQ(2, boot.kept.count);
	EXPECT_TRUE(ranges_contain(&boot.kept, (struct boot_range){0x9f000, 0xa0000}));
}

TEST(XBI0001, "what a PVH loader leaves is understood")
{
	put_pvh();
	expect_machine();
	EXPECT_EQ(0xf5a40, boot.rsdp);
	put_word(INFO + 12, 0, 4);
	EXPECT_NO_PANIC(read_info);
	EXPECT_EQ(boot.bundle.start, boot.bundle.end);
}

TEST(XBI0002, "what a multiboot2 loader leaves is understood: the first module, the new copy of ACPI's root")
{
	put_multiboot2();
	expect_machine();
	EXPECT_TRUE(memcmp(firmware + boot.rsdp, "RSD PTR new", 11) == 0);
}

static void expect_pvh_panic(uint64_t offset, uint64_t value, size_t size, const char *text)
{
	put_pvh();
	put_word(INFO + offset, value, size);
	EXPECT_PANIC(text, read_info);
}

TEST(XBI0003, "what is wrong with PVH's information is told")
{
	expect_pvh_panic(0, 0, 4, "boot loader: no PVH information at");
	expect_pvh_panic(4, 0, 4, "boot loader: PVH without a memory map, version");
	expect_pvh_panic(16, UINT64_MAX, 8, "boot loader: its list of modules is not in memory");
	expect_pvh_panic(MODULES - INFO + 8, UINT64_MAX, 8, "boot loader: the boot bundle has no end");
	expect_pvh_panic(40, UINT64_MAX - 3, 8, "boot loader: its memory map is not in memory, or too long");
	expect_pvh_panic(48, UINT32_MAX, 4, "boot loader: its memory map is not in memory, or too long");
	expect_pvh_panic(48, 0, 4, "boot loader: its memory map is not in memory, or too long");
	put_pvh();
	memset(firmware + MAP, 0, sizeof(map));
	EXPECT_PANIC("boot loader: it tells of no memory", read_info);
	info_given = 1UL << 60;
	EXPECT_PANIC("boot loader: no PVH information at", read_info);
}

/* The tag of the memory map is at this offset, the modules' at the one before. */
enum { TAG_MODULE = 32, TAG_MAP = 80 };

static void expect_multiboot2_panic(uint64_t offset, uint32_t value, const char *text)
{
	put_multiboot2();
	put_word(INFO + offset, value, 4);
	EXPECT_PANIC(text, read_info);
}

TEST(XBI0004, "what is wrong with multiboot2's information is told")
{
	expect_multiboot2_panic(0, 0, "boot loader: multiboot2 information is too long");
	expect_multiboot2_panic(0, UINT32_MAX, "boot loader: multiboot2 information is too long");
	expect_multiboot2_panic(0, TAG_MAP, "boot loader: multiboot2 information without an end");
	expect_multiboot2_panic(TAG_MODULE + 4, 7, "boot loader: multiboot2 tag has a wrong size, at");
	expect_multiboot2_panic(TAG_MODULE + 4, UINT32_MAX, "boot loader: multiboot2 tag has a wrong size, at");
	expect_multiboot2_panic(TAG_MODULE + 4, 12, "boot loader: multiboot2 tag is too short, type");
	expect_multiboot2_panic(TAG_MODULE + 8, UINT32_MAX, "boot loader: the boot bundle ends before it begins");
	expect_multiboot2_panic(TAG_MAP + 8, 0, "boot loader: memory map with entries of an unknown size");
	expect_multiboot2_panic(TAG_MAP + 8, 25, "boot loader: memory map with entries of an unknown size");
	put_multiboot2();
	info_given = INFO + 4;
	EXPECT_PANIC("boot loader: no multiboot2 information at", read_info);
}

static void expect_bounded(void (*put)(void))
{
	unsigned int read = 0, refused = 0;

	for (unsigned int round = 0; round < 20000; round++) {
		put();
		for (uint64_t count = 1 + host_random() % 4; count > 0; count--) {
			uint64_t at = INFO + host_random() % info_size;
			firmware[at] = (uint8_t)(host_random() % 2 ? host_random() : firmware[at] + 1U);
		}
		const char *text = firmware_panic_of(read_info);
		EXPECT_TRUE(!text || strncmp(text, "boot loader: ", 13) == 0);
		*(text ? &refused : &read) += 1;
	}
	EXPECT_TRUE(read > 1000 && refused > 1000);
}

TEST(XBI0005, "whatever changes in what the loader left, it is read within its bounds, or the boot ends with a word of it")
{
	expect_bounded(put_pvh);
	expect_bounded(put_multiboot2);
}

/* --- Sets of pages, against a model: a flag for each of the first pages --- */

#define PAGES 96

static void expect_like_model(const struct ranges *ranges, const bool *model)
{
	for (unsigned int i = 0; i < ranges->count; i++) {
		EXPECT_TRUE(ranges->at[i].start < ranges->at[i].end);
		for (unsigned int j = 0; j < i; j++)
			EXPECT_TRUE(ranges->at[i].end < ranges->at[j].start || ranges->at[j].end < ranges->at[i].start);
	}
	for (uint64_t page = 0; page < PAGES; page++)
		EXPECT_EQ(model[page], ranges_contain(ranges, (struct boot_range){page << 12, (page + 1) << 12}));
}

TEST(XBI0006, "sets of pages hold what was added and not removed, in ranges that do not touch")
{
	for (unsigned int round = 0; round < 300; round++) {
		struct ranges ranges = {.count = 0};
		bool model[PAGES] = {false};
		for (unsigned int step = 0; step < 60; step++) {
			bool add = host_random() % 2;
			uint64_t start = host_random() % PAGES, end = start + host_random() % 12;
			end = end > PAGES ? PAGES : end;
			struct boot_range range = {start << 12, end << 12};
			if (add)
				ranges_add(&ranges, range);
			else
				ranges_remove(&ranges, range);
			for (uint64_t page = start; page < end; page++)
				model[page] = add;
			expect_like_model(&ranges, model);
		}
	}
}

TEST(XBI0007, "a set that is full loses its smallest range, or joins its nearest two")
{
	struct ranges losing = {.count = 0}, widening = {.may_widen = true};

	for (uint64_t i = 0; i < 3 * RANGES_MAX; i++) {
		struct boot_range range = {i << 20, (i << 20) + (i + 1) * 0x1000};
		ranges_add(&losing, range);
		ranges_add(&widening, range);
	}
	EXPECT_EQ(RANGES_MAX - 1, losing.count);
	EXPECT_EQ(RANGES_MAX - 1, widening.count);
	for (uint64_t i = 0; i < 3 * RANGES_MAX; i++) {
		struct boot_range range = {i << 20, (i << 20) + (i + 1) * 0x1000};
		EXPECT_EQ(i > 2 * RANGES_MAX, ranges_contain(&losing, range));
		EXPECT_TRUE(ranges_contain(&widening, range));
	}
	ranges_shrink(&losing, 3);
	EXPECT_EQ(3, losing.count);
	EXPECT_TRUE(ranges_contain(&losing, (struct boot_range){(3UL * RANGES_MAX - 1) << 20, (3UL * RANGES_MAX - 1) << 20 | 0x1000}));
}

TEST(XBI0008, "ranges that go beyond the address space end there")
{
	EXPECT_TRUE(range_inner_pages(0x1001, 0xffe).start >= range_inner_pages(0x1001, 0xffe).end);
	EXPECT_EQ(0x2000, range_inner_pages(0x1001, 0x2000).start);
	EXPECT_EQ(0x3000, range_inner_pages(0x1001, 0x2000).end);
	EXPECT_EQ(0x4000, range_outer_pages(0x1001, 0x2000).end);
	EXPECT_EQ(0xfffffffffffff000, range_inner_pages(0x1000, UINT64_MAX).end);
	EXPECT_EQ(0xfffffffffffff000, range_outer_pages(0x1000, UINT64_MAX).end);
	EXPECT_TRUE(range_inner_pages(UINT64_MAX, UINT64_MAX).start >= range_inner_pages(UINT64_MAX, UINT64_MAX).end);
}
