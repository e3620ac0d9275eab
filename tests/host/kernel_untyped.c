/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Untyped memory. That memory is cleared before use and that no two objects share any is watched in all tests (kernel_memory.c); here the watermark, the kinds of
 * memory and the errors are compared with a model.
 */
#include <kernel_driver.h>

#include <stdio.h>

#define POOL 1400   /* the slot of the untyped under test */
#define PLACES 48   /* objects from FIRST_SLOT on */
#define SEEDS 60
#define STEPS 1500

static const enum l4_type types[] = {
	L4_TYPE_UNTYPED, L4_TYPE_CNODE, L4_TYPE_THREAD, L4_TYPE_ENDPOINT, L4_TYPE_REPLY, L4_TYPE_NOTIFICATION, L4_TYPE_VSPACE, L4_TYPE_PAGE_TABLE, L4_TYPE_FRAME,
	L4_TYPE_SCHED_CONTEXT, L4_TYPE_DOMAIN, L4_TYPE_TIMER, L4_TYPE_IRQ_CONTROL, L4_TYPE_IRQ_HANDLER, L4_TYPE_VCPU, L4_TYPE_DOORBELL, L4_TYPE_VIRQ, L4_TYPE_SYSTEM, L4_TYPE_SCHEDULE,
	L4_TYPE_TYPES, L4_TYPE_GUEST_VSPACE, L4_TYPE_NULL,
};

/* log2 of the size, as the manual has it; 0 where the type cannot be made so. */
static unsigned documented_bits(enum l4_type type, word_t size_bits)
{
	static const unsigned char fixed[32] = {
		[L4_TYPE_THREAD] = 13, [L4_TYPE_ENDPOINT] = 6, [L4_TYPE_REPLY] = 6, [L4_TYPE_NOTIFICATION] = 6, [L4_TYPE_VSPACE] = 13, [L4_TYPE_PAGE_TABLE] = 12,
		[L4_TYPE_SCHED_CONTEXT] = 9, [L4_TYPE_DOMAIN] = 12, [L4_TYPE_TIMER] = 7, [L4_TYPE_VCPU] = 10, [L4_TYPE_DOORBELL] = 8, [L4_TYPE_VIRQ] = 7, [L4_TYPE_GUEST_VSPACE] = 15,
	};
	switch (type) {
	case L4_TYPE_UNTYPED:
		return size_bits >= 6 && size_bits < 47 ? size_bits : 0;
	case L4_TYPE_CNODE:
		return size_bits >= 7 && size_bits < 47 ? size_bits : 0;
	case L4_TYPE_SCHEDULE:
		return size_bits >= 8 && size_bits <= 16 ? size_bits : 0;
	case L4_TYPE_FRAME:
		return size_bits == 12 || size_bits == 21 || size_bits == 30 ? size_bits : 0;
	default:
		return size_bits ? 0 : fixed[type];
	}
}

static enum l4_memory pool_kind;
static unsigned pool_bits;
static word_t watermark;
static unsigned alive;
static bool full[PLACES];
static unsigned made, refused[L4_UNSUPPORTED + 1];

static status_t expect(enum l4_type type, word_t size_bits, unsigned place, unsigned count, word_t *start)
{
	unsigned bits = documented_bits(type, size_bits);
	bool user = pool_kind != L4_MEMORY_OBJECT;
	if (!bits || (user && bits < 12) || (type != L4_TYPE_UNTYPED && user != (type == L4_TYPE_FRAME)) || count == 0 || count > L4_RETYPE_COUNT_MAX)
		return L4_INVALID_ARGUMENT;
	for (unsigned i = 0; i < count && place + i < PLACES; i++) {
		if (full[place + i])
			return L4_OCCUPIED;
	}
	*start = ((alive ? watermark : 0) + (1UL << bits) - 1) >> bits << bits;
	word_t size = 1UL << pool_bits;
	return *start >= size || count > (size - *start) >> bits ? L4_OUT_OF_MEMORY : L4_OK;
}

static word_t choose_bits(enum l4_type type)
{
	if (type == L4_TYPE_UNTYPED || type == L4_TYPE_CNODE)
		return chance(5) ? pick(64) : (pool_kind == L4_MEMORY_OBJECT ? 6 : 12) + pick(6);
	if (type == L4_TYPE_FRAME)
		return chance(5) ? pick(64) : 12 + 9 * pick(3);
	return chance(3) ? pick(64) : 0;
}

static void check_address(unsigned place, paddr_t expected)
{
	EXPECT_EQ(L4_OK, call(FIRST_SLOT + place, L4_OP_FRAME_ADDRESS));
	EXPECT_EQ(expected, result(root, 0));
}

static void retype(void)
{
	enum l4_type type = types[pick(sizeof(types) / sizeof(types[0]))];
	if (pool_kind != L4_MEMORY_OBJECT && chance(80))
		type = L4_TYPE_FRAME;
	word_t size_bits = choose_bits(type), start = 0;
	unsigned place = pick(PLACES), count = chance(3) ? 64 + pick(3) : chance(5) ? 0 : 1 + pick(4);
	if (count < 60 && place + count > PLACES)
		place = PLACES - count;
	status_t expected = expect(type, size_bits, place, count, &start);
	EXPECT_EQ(expected, call(POOL, L4_OP_UNTYPED_RETYPE, type, size_bits, L4_BOOT_CNODE, FIRST_SLOT + place, count));
	refused[expected]++;
	if (expected != L4_OK)
		return;
	unsigned bits = documented_bits(type, size_bits);
	watermark = start + ((word_t)count << bits);
	alive += count;
	made += count;
	for (unsigned i = 0; i < count; i++) {
		if (place + i < PLACES)
			full[place + i] = true;
		EXPECT_EQ(bits, slot_size_bits(root_slot(FIRST_SLOT + place + i)));
		if (type == L4_TYPE_FRAME)
			check_address(place + i, slot_address(root_slot(POOL)) + start + ((word_t)i << bits));
	}
}

static void remove_one(void)
{
	unsigned place = pick(PLACES);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_DELETE, FIRST_SLOT + place));
	alive -= full[place];
	full[place] = false;
}

static void remove_all(void)
{
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, POOL));
	for (unsigned place = 0; place < PLACES; place++)
		full[place] = false;
	alive = 0;
}

static void check_info(void)
{
	EXPECT_EQ(L4_OK, call(POOL, L4_OP_UNTYPED_INFO));
	EXPECT_EQ(pool_bits, result(root, 0));
	EXPECT_EQ(alive ? watermark : 0, result(root, 1));
	EXPECT_EQ(pool_kind, result(root, 2));
}

static void round_of_untyped(void)
{
	driver_start();
	pool_kind = pick(3);
	pool_bits = pool_kind == L4_MEMORY_OBJECT ? 12 + pick(8) : pool_kind == L4_MEMORY_USER ? 14 + pick(10) : 20 + pick(12);
	word_t source = pool_kind == L4_MEMORY_OBJECT ? object_untyped : pool_kind == L4_MEMORY_USER ? user_untyped : device_untyped;
	make_object(source, L4_TYPE_UNTYPED, pool_bits, POOL);
	alive = 0;
	for (unsigned n = 0; n < STEPS; n++) {
		driver_preempt = chance(70) ? 1 + pick(30) : 0;
		unsigned what = pick(100);
		if (what < 60)
			retype();
		else if (what < 97)
			remove_one();
		else if (what < 98)
			remove_all();
		else
			check_info();
		/* Retypes of 64 objects fill slots beyond the places. */
		if (!slot_is_empty(root_slot(FIRST_SLOT + PLACES)))
			remove_all();
	}
	remove_all();
	check_info();
	driver_end();
}

TEST(KUNT0001, "random retypes of all kinds of memory agree with a model of watermark, alignment and errors")
{
	driver_rounds(SEEDS, round_of_untyped);
	printf("made %u; refused: argument %u, memory %u, occupied %u\n", made, refused[L4_INVALID_ARGUMENT], refused[L4_OUT_OF_MEMORY], refused[L4_OCCUPIED]);
	EXPECT_TRUE(made && refused[L4_INVALID_ARGUMENT] && refused[L4_OUT_OF_MEMORY] && refused[L4_OCCUPIED]);
}

TEST(KUNT0002, "a retype that is interrupted while it clears has made nothing, and another may come in between")
{
	driver_start();
	make_object(object_untyped, L4_TYPE_UNTYPED, 16, POOL);
	word_t words[L4_MESSAGE_REGISTERS] = {L4_TYPE_CNODE, 15, L4_BOOT_CNODE, FIRST_SLOT, 1};
	struct thread *other = make_thread(1300, 200);
	machine.preempt_after = 3;
	EXPECT_TRUE(enter_syscall(L4_SYS_CALL, POOL, l4_tag(L4_OP_UNTYPED_RETYPE, 5), words));
	machine.interrupt = false;
	EXPECT_TRUE(is_restarting(root) && slot_is_empty(root_slot(FIRST_SLOT)));
	run_as(other);
	EXPECT_EQ(L4_OK, call(POOL, L4_OP_UNTYPED_RETYPE, L4_TYPE_ENDPOINT, 0, L4_BOOT_CNODE, FIRST_SLOT + 1, 1));
	run_as(root);
	EXPECT_TRUE(is_restarting(root) && enter_restart());
	EXPECT_EQ(L4_OK, result_status(root));
	EXPECT_EQ(L4_TYPE_CNODE, slot_type(root_slot(FIRST_SLOT)));
	driver_end();
}

TEST(KUNT0003, "a right withheld, a length too short, a slot that is no cnode")
{
	driver_start();
	make_object(object_untyped, L4_TYPE_CNODE, 10, POOL);
	make_object(object_untyped, L4_TYPE_ENDPOINT, 0, POOL + 2);
	EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_COPY, POOL + 1, L4_BOOT_CNODE, POOL, L4_READ));
	EXPECT_EQ(L4_NO_RIGHT, call(object_untyped, L4_OP_UNTYPED_RETYPE, L4_TYPE_ENDPOINT, 0, POOL + 1, 0, 1));
	EXPECT_EQ(L4_INVALID_CAP, call(object_untyped, L4_OP_UNTYPED_RETYPE, L4_TYPE_ENDPOINT, 0, POOL + 2, 0, 1));
	EXPECT_EQ(L4_INVALID_CAP, call(object_untyped, L4_OP_UNTYPED_RETYPE, L4_TYPE_ENDPOINT, 0, 5000, 0, 1));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(object_untyped, L4_OP_UNTYPED_RETYPE, L4_TYPE_ENDPOINT, 0, POOL, 15, 1));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(object_untyped, L4_OP_UNTYPED_RETYPE, L4_TYPE_ENDPOINT, 0, POOL, 14, 2));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(object_untyped, L4_OP_UNTYPED_RETYPE, L4_TYPE_ENDPOINT, 0, POOL, ~0UL, 2));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(object_untyped, L4_OP_UNTYPED_RETYPE, L4_TYPE_ENDPOINT, 0, POOL, 0, ~0UL));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(object_untyped, L4_OP_UNTYPED_RETYPE, 1UL << 32 | L4_TYPE_ENDPOINT, 0, POOL, 0, 1));
	EXPECT_EQ(L4_INVALID_ARGUMENT, call(object_untyped, L4_OP_UNTYPED_RETYPE, L4_TYPE_ENDPOINT, 0, POOL, 0));
	EXPECT_EQ(L4_BAD_OPERATION, call(object_untyped, 77));
	driver_end();
}

TEST(KUNT0004, "memory that alignment leaves out is not taken for cleared when the retype that left it out does not end")
{
	driver_start();
	make_object(object_untyped, L4_TYPE_UNTYPED, 14, POOL);
	make_object(POOL, L4_TYPE_ENDPOINT, 0, FIRST_SLOT);
	word_t words[L4_MESSAGE_REGISTERS] = {L4_TYPE_CNODE, 13, L4_BOOT_CNODE, FIRST_SLOT + 1, 1};
	machine.preempt_after = 1;
	EXPECT_TRUE(enter_syscall(L4_SYS_CALL, POOL, l4_tag(L4_OP_UNTYPED_RETYPE, 5), words));
	EXPECT_TRUE(is_restarting(root));
	machine.interrupt = false;
	/* Another call in its place: kernel_memory.c looks at the memory of what it makes. */
	make_object(POOL, L4_TYPE_NOTIFICATION, 0, FIRST_SLOT + 1);
	driver_end();
}

#define MANY 10

TEST(KUNT0005, "an interrupted retype goes on with the objects that are left, and others come in between")
{
	driver_start();
	make_object(object_untyped, L4_TYPE_UNTYPED, 16, POOL);
	struct thread *other = make_thread(1300, 200);
	for (unsigned done = 1; done < MANY; done++) {
		word_t words[L4_MESSAGE_REGISTERS] = {L4_TYPE_NOTIFICATION, 0, L4_BOOT_CNODE, FIRST_SLOT, MANY};
		machine.preempt_after = 1 + done; /* after the memory is cleared, which is less than a page */
		EXPECT_TRUE(enter_syscall(L4_SYS_CALL, POOL, l4_tag(L4_OP_UNTYPED_RETYPE, 5), words));
		machine.interrupt = false;
		EXPECT_TRUE(is_restarting(root));
		for (unsigned i = 0; i < MANY; i++)
			EXPECT_EQ(i < done, !slot_is_empty(root_slot(FIRST_SLOT + i)));
		run_as(other);
		make_object(POOL, L4_TYPE_ENDPOINT, 0, FIRST_SLOT + MANY);
		if (done % 2)
			make_object(POOL, L4_TYPE_ENDPOINT, 0, FIRST_SLOT + MANY - 1);
		run_as(root);
		EXPECT_TRUE(is_restarting(root) && enter_restart());
		EXPECT_EQ(done % 2 ? L4_OCCUPIED : L4_OK, result_status(root));
		for (unsigned i = 0; i < MANY; i++)
			EXPECT_EQ(done % 2 ? (i < done ? L4_TYPE_NOTIFICATION : i == MANY - 1 ? L4_TYPE_ENDPOINT : L4_TYPE_NULL) : L4_TYPE_NOTIFICATION,
				  slot_type(root_slot(FIRST_SLOT + i)));
		EXPECT_EQ(L4_OK, call(L4_BOOT_CNODE, L4_OP_CNODE_REVOKE, POOL));
	}
	driver_end();
}
