/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inspector under random operations: what it tells is hashed before and after each. A walk that was begun before must have ended if the two
 * differ, and only what took effect may end it.
 */
#include <kernel_driver.h>

#include <kernel/check.h>
#include <stdio.h>

#define SLOTS 48
#define SLOT(n) (FIRST_SLOT + (n))
#define INSPECTOR L4_BOOT_INSPECTOR
#define VADDR 0x40000000UL

static unsigned changes, refused, without_effect;

static status_t next(bool first)
{
	return call(INSPECTOR, L4_OP_INSPECTOR_NEXT, first);
}

static uint64_t mix(uint64_t hash, word_t word)
{
	return (hash ^ word) * 0x100000001b3UL + (hash >> 29);
}

static uint64_t mix_mappings(uint64_t hash, unsigned *runs)
{
	word_t vaddr = 0;
	do {
		EXPECT_EQ(L4_OK, call(INSPECTOR, L4_OP_INSPECTOR_MAPPING, vaddr));
		EXPECT_TRUE(result(root, 4) == 0 || result(root, 4) > vaddr);
		for (unsigned i = 0; result(root, 1) && i < 4; i++)
			hash = mix(hash, result(root, i));
		*runs += result(root, 1) != 0;
		vaddr = result(root, 4);
	} while (vaddr);
	return hash;
}

/* All that it tells. */
static uint64_t tell(unsigned *capabilities, unsigned *runs)
{
	uint64_t hash = 0xcbf29ce484222325UL;
	unsigned preempt = driver_preempt;
	driver_preempt = 0;
	driver_checks = false;
	*capabilities = *runs = 0;
	EXPECT_EQ(L4_OK, next(true));
	while (result(root, 0) != L4_TYPE_NULL) {
		bool is_space = result(root, 0) == L4_TYPE_VSPACE;
		for (unsigned i = 0; i < 8; i++)
			hash = mix(hash, result(root, i));
		++*capabilities;
		if (is_space)
			hash = mix_mappings(hash, runs);
		EXPECT_EQ(L4_OK, next(false));
	}
	driver_checks = true;
	driver_preempt = preempt;
	return hash;
}

TEST(KINS0001, "it tells of every capability there is, and of the mappings of the first program")
{
	unsigned capabilities, runs;
	word_t all;
	driver_start();
	tell(&capabilities, &runs);
	EXPECT_EQ(L4_OK, check_all(&all));
	EXPECT_EQ(all, capabilities);
	EXPECT_TRUE(runs >= 2); /* its image, and its IPC buffer */
	EXPECT_EQ(L4_BAD_STATE, next(false));
	EXPECT_EQ(L4_BAD_STATE, call(INSPECTOR, L4_OP_INSPECTOR_MAPPING, 0));
	driver_end();
}

TEST(KINS0002, "only with the right to read; it can be copied, and gives no other operation")
{
	driver_start();
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, SLOT(0), L4_BOOT_CNODE, INSPECTOR, L4_WRITE | L4_GRANT));
	EXPECT_EQ(L4_NO_RIGHT, call(SLOT(0), L4_OP_INSPECTOR_NEXT, 1));
	EXPECT_EQ(L4_NO_RIGHT, call(SLOT(0), L4_OP_INSPECTOR_MAPPING, 0));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(INSPECTOR, L4_OP_INSPECTOR_NEXT));
	EXPECT_EQ(L4_BAD_OPERATION, call(INSPECTOR, L4_OP_INSPECTOR_MAPPING + 1, 0));
	EXPECT_EQ(L4_BAD_OPERATION, call(L4_BOOT_CNODE, L4_OP_CNODE_MINT, SLOT(1), L4_BOOT_CNODE, INSPECTOR, L4_READ, 5));
	driver_end();
}

static word_t any_slot(void)
{
	return SLOT(pick(SLOTS));
}

static word_t slot_with(word_t type)
{
	unsigned start = pick(SLOTS);
	for (unsigned i = 0; i < SLOTS; i++)
		if (slot_type(root_slot(SLOT((start + i) % SLOTS))) == type)
			return SLOT((start + i) % SLOTS);
	return 0; /* which is empty */
}

static status_t make_something(void)
{
	static const word_t types[] = {L4_TYPE_ENDPOINT, L4_TYPE_FRAME, L4_TYPE_CNODE, L4_TYPE_VSPACE, L4_TYPE_PAGE_TABLE, L4_TYPE_PAGE_TABLE, L4_TYPE_THREAD,
				       L4_TYPE_TIMER, L4_TYPE_NOTIFICATION};
	word_t type = types[pick(sizeof(types) / sizeof(types[0]))];
	word_t bits = type == L4_TYPE_FRAME ? L4_PAGE_BITS : type == L4_TYPE_CNODE ? 9 : 0;
	return call(type == L4_TYPE_FRAME ? user_untyped : object_untyped, L4_OP_UNTYPED_RETYPE, type, bits, L4_BOOT_CNODE, slot_with(L4_TYPE_NULL), 1);
}

static status_t do_something(void)
{
	static const word_t bound[] = {L4_BIND_VSPACE, L4_BIND_HANDLER, L4_BIND_NOTIFICATION}, bound_type[] = {L4_TYPE_VSPACE, L4_TYPE_ENDPOINT, L4_TYPE_NOTIFICATION};
	unsigned which = pick(3);
	word_t vaddr = VADDR + pick(4) * PAGE_SIZE + (pick(4) == 0 ? 1UL << 30 : 0);
	switch (pick(12)) {
	case 0:
		return call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, slot_with(L4_TYPE_NULL), L4_BOOT_CNODE, any_slot(), pick(16));
	case 1:
		return call(L4_BOOT_CNODE, L4_OP_CNODE_MINT, slot_with(L4_TYPE_NULL), L4_BOOT_CNODE, slot_with(L4_TYPE_ENDPOINT), pick(16), 1 + pick(100));
	case 2:
		return call(L4_BOOT_CNODE, L4_OP_CNODE_MOVE, slot_with(L4_TYPE_NULL), L4_BOOT_CNODE, any_slot());
	case 3:
		return call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, any_slot());
	case 4:
		return call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, any_slot());
	case 5:
		return call(slot_with(L4_TYPE_FRAME), L4_OP_FRAME_MAP, slot_with(L4_TYPE_VSPACE), vaddr, chance(50) ? L4_READ : L4_READ | L4_WRITE);
	case 6:
		return call(slot_with(L4_TYPE_FRAME), L4_OP_FRAME_UNMAP);
	case 7:
		return call(slot_with(L4_TYPE_PAGE_TABLE), L4_OP_PAGE_TABLE_MAP, slot_with(L4_TYPE_VSPACE), vaddr);
	case 8:
		return call(slot_with(L4_TYPE_PAGE_TABLE), L4_OP_PAGE_TABLE_UNMAP);
	case 9:
		return call(slot_with(L4_TYPE_THREAD), L4_OP_THREAD_BIND, bound[which], chance(20) ? 0 : slot_with(bound_type[which]));
	case 10:
		return call(slot_with(L4_TYPE_THREAD), L4_OP_THREAD_MAP_BUFFER, chance(30) ? 0 : vaddr);
	default:
		return make_something();
	}
}

#define STEPS 400

static void random_round(void)
{
	unsigned capabilities, runs;
	driver_start();
	driver_preempt = 30;
	for (unsigned step = 0; step < STEPS; step++) {
		uint64_t before = tell(&capabilities, &runs);
		EXPECT_EQ(L4_OK, next(true));
		status_t status = do_something();
		status_t walk = next(false);
		EXPECT_TRUE(walk == L4_OK || walk == L4_BAD_STATE);
		bool changed = tell(&capabilities, &runs) != before;
		EXPECT_TRUE(!changed || walk == L4_BAD_STATE);
		EXPECT_TRUE(status == L4_OK || (!changed && walk == L4_OK));
		changes += changed;
		refused += status != L4_OK;
		without_effect += status == L4_OK && !changed;
	}
	driver_preempt = 0;
	driver_end();
}

TEST(KINS0003, "random operations: whatever is told otherwise afterwards has ended the walk, and what was refused has not")
{
	driver_rounds(6, random_round);
	printf("changes %u, refused %u, without effect %u\n", changes, refused, without_effect);
	EXPECT_TRUE(changes > 100 && refused > 100);
}
