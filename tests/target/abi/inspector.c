/* SPDX-License-Identifier: BSD-2-Clause */
/* The inspector: what it tells, and when it stops. */
#include "worker.h"

#define HOLDER(word) ((word) & ((1UL << L4_HOLDER_SLOT_SHIFT) - 1))
#define HOLDER_SLOT(word) ((word) >> L4_HOLDER_SLOT_SHIFT)
#define GUEST_PAGE 0x40000000UL
#define DEPTH_MAX (L4_DERIVATION_DEPTH_MAX + 1)

struct told {
	l4_word_t type, rights, size_bits, depth, object, value, holder, place;
};

struct run {
	l4_word_t start, size, paddr, rights, next;
};

static l4_status_t next(bool first, struct told *told)
{
	return l4_inspector_next(fixture.inspector, first, &told->type, &told->rights, &told->size_bits, &told->depth, &told->object, &told->value,
				 &told->holder, &told->place);
}

static struct told tell(bool first)
{
	struct told told;

	EXPECT_OK(next(first, &told));
	return told;
}

static l4_status_t mapping(l4_word_t vaddr, struct run *run)
{
	return l4_inspector_mapping(fixture.inspector, vaddr, &run->start, &run->size, &run->paddr, &run->rights, &run->next);
}

/* The capability that has this badge, and its parent. */
static struct told find_badge(l4_word_t badge, struct told *parent)
{
	static struct told path[DEPTH_MAX + 1];
	struct told told;

	for (told = tell(true); told.type != L4_TYPE_NULL; told = tell(false)) {
		EXPECT_TRUE(told.depth >= 1 && told.depth <= DEPTH_MAX);
		path[told.depth] = told;
		if (told.value == badge && (told.type == L4_TYPE_NOTIFICATION || told.type == L4_TYPE_ENDPOINT)) {
			EXPECT_TRUE(told.depth > 1);
			*parent = path[told.depth - 1];
			return told;
		}
	}
	l4_test_fail(__FILE__, __LINE__, "there is no capability with badge %#lx", badge);
}

/* The first object that the walk meets of those of a type that were made of the case's memory: the last one made. */
static struct told find_newest(l4_word_t type)
{
	static struct told path[DEPTH_MAX + 1];
	struct told told;

	for (told = tell(true); told.type != L4_TYPE_NULL; told = tell(false)) {
		path[told.depth] = told;
		if (told.type == type && told.depth > 1 && path[told.depth - 1].type == L4_TYPE_UNTYPED && path[told.depth - 1].size_bits == OBJECT_BITS)
			return told;
	}
	l4_test_fail(__FILE__, __LINE__, "there is no object of type %lu", type);
}

TEST(INSP0001, "the walk tells of each capability once, parents first")
{
	struct told told;
	l4_word_t count = 0, depth = 0, all = 0;

	for (told = tell(true); told.type != L4_TYPE_NULL; told = tell(false)) {
		EXPECT_TRUE(told.type < L4_TYPE_TYPES && told.depth >= 1 && told.depth <= depth + 1);
		EXPECT_TRUE(HOLDER(told.holder) < L4_HOLDER_COUNT && HOLDER(told.holder) != L4_HOLDER_TOMB);
		EXPECT_EQ(0, told.rights & ~(l4_word_t)L4_ALL_RIGHTS);
		depth = told.depth;
		count++;
	}
	EXPECT_EQ(0, told.rights | told.size_bits | told.depth | told.object | told.value | told.holder | told.place);
	EXPECT_STATUS(L4_BAD_STATE, next(false, &told)); /* it is at an end */
	if (l4_system_check(fixture.system, &all) == L4_OK) /* debug kernels count them as well */
		EXPECT_EQ(all, count);
	EXPECT_TRUE(count > 100);
}

TEST(INSP0002, "a capability: type, rights, badge, object, depth and the slot it lies in")
{
	l4_cap_t slots = new_slots(3), notification = new_object(L4_TYPE_NOTIFICATION);
	struct told first, second, parent;

	EXPECT_OK(l4_cnode_mint(L4_SLOT_CNODE, slots, L4_SLOT_CNODE, notification, L4_READ | L4_WRITE, 0x51515151));
	EXPECT_OK(l4_cnode_mint(L4_SLOT_CNODE, slots + 2, L4_SLOT_CNODE, notification, L4_WRITE, 0x52525252));
	first = find_badge(0x51515151, &parent);
	EXPECT_EQ(L4_TYPE_NOTIFICATION, parent.type);
	EXPECT_EQ(parent.object, first.object);
	EXPECT_EQ(parent.depth + 1, first.depth);
	EXPECT_EQ(0, parent.value);
	EXPECT_EQ(L4_READ | L4_WRITE | L4_GRANT, parent.rights);
	EXPECT_EQ(L4_READ | L4_WRITE, first.rights);
	EXPECT_EQ(6, first.size_bits);
	EXPECT_EQ(L4_HOLDER_CNODE, HOLDER(first.holder));
	second = find_badge(0x52525252, &parent);
	EXPECT_EQ(first.object, second.object);
	EXPECT_EQ(L4_WRITE, second.rights);
	EXPECT_EQ(first.place + 2 * 64, second.place);
	EXPECT_OK(l4_cnode_move(L4_SLOT_CNODE, slots + 1, L4_SLOT_CNODE, slots));
	EXPECT_EQ(first.place + 64, find_badge(0x51515151, &parent).place);
}

TEST(INSP0003, "what objects hold, and which of their slots it is")
{
	l4_cap_t thread = new_object(L4_TYPE_THREAD), timer = new_object(L4_TYPE_TIMER), notification = new_object(L4_TYPE_NOTIFICATION), handler = new_slot();
	struct told told, parent;

	EXPECT_OK(l4_thread_bind(thread, L4_BIND_NOTIFICATION, mint_cap(notification, L4_ALL_RIGHTS, 0x53535353)));
	struct told object = find_newest(L4_TYPE_THREAD);
	/* The walk meets the newest children first: what is held is a child of the mint, which it meets after that. */
	find_badge(0x53535353, &parent);
	EXPECT_OK(next(false, &told));
	EXPECT_EQ(0x53535353, told.value);
	EXPECT_EQ(L4_HOLDER_THREAD, HOLDER(told.holder));
	EXPECT_EQ(L4_BIND_NOTIFICATION, HOLDER_SLOT(told.holder));
	EXPECT_TRUE(told.place > object.object && told.place < object.object + PAGE);
	EXPECT_OK(l4_timer_bind(timer, mint_cap(notification, L4_ALL_RIGHTS, 0x54545454)));
	find_badge(0x54545454, &parent);
	EXPECT_OK(next(false, &told));
	EXPECT_EQ(L4_HOLDER_TIMER, HOLDER(told.holder));
	EXPECT_OK(l4_irq_control_issue(fixture.irq_control, 20, L4_SLOT_CNODE, handler));
	EXPECT_OK(l4_irq_handler_bind(handler, mint_cap(notification, L4_ALL_RIGHTS, 0x55555555)));
	find_badge(0x55555555, &parent);
	EXPECT_OK(next(false, &told));
	EXPECT_EQ(L4_HOLDER_IRQ, HOLDER(told.holder));
	EXPECT_EQ(20, told.place);
	delete_cap(handler);
}

TEST(INSP0004, "values of what has no badge: kind of memory, slots")
{
	struct told told;

	new_cnode(32);
	told = find_newest(L4_TYPE_CNODE);
	EXPECT_EQ(31, told.value);
	new_sized(L4_TYPE_UNTYPED, 12);
	told = find_newest(L4_TYPE_UNTYPED);
	EXPECT_EQ(L4_MEMORY_OBJECT, told.value);
	EXPECT_EQ(12, told.size_bits);
	new_object(L4_TYPE_PAGE_TABLE);
	EXPECT_EQ(0, find_newest(L4_TYPE_PAGE_TABLE).value);
}

/* Both calls find out that something has changed. */
static void expect_stale(const char *what)
{
	struct told told;
	struct run run;

	if (next(false, &told) != L4_BAD_STATE || mapping(0, &run) != L4_BAD_STATE)
		l4_test_fail(__FILE__, __LINE__, "the walk goes on after %s", what);
	stand_at(L4_TYPE_VSPACE);
	EXPECT_OK(mapping(0, &run));
}

TEST(INSP0005, "the walk ends with the first change of a capability or mapping, whatever made it")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), frame = new_frame(), vspace = new_object(L4_TYPE_VSPACE), thread = new_object(L4_TYPE_THREAD);
	l4_cap_t slots = new_slots(2);

	make_tables(vspace, CASE_VADDR);
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_VSPACE, vspace));
	stand_at(L4_TYPE_VSPACE);
	EXPECT_OK(l4_cnode_copy(L4_SLOT_CNODE, slots, L4_SLOT_CNODE, endpoint, L4_READ));
	expect_stale("a copy");
	EXPECT_OK(l4_cnode_move(L4_SLOT_CNODE, slots + 1, L4_SLOT_CNODE, slots));
	expect_stale("a move");
	EXPECT_OK(l4_cnode_delete(L4_SLOT_CNODE, slots + 1));
	expect_stale("a deletion");
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_HANDLER, endpoint));
	expect_stale("a binding");
	map_frame(vspace, frame, CASE_VADDR, L4_READ | L4_WRITE);
	expect_stale("a mapping");
	EXPECT_OK(l4_frame_map(frame, vspace, CASE_VADDR, L4_READ, NULL));
	expect_stale("a change of a mapping's rights");
	EXPECT_OK(l4_frame_unmap(frame));
	expect_stale("the end of a mapping");
	EXPECT_OK(l4_thread_map_buffer(thread, CASE_VADDR));
	expect_stale("the mapping of an IPC buffer");
	EXPECT_OK(l4_thread_map_buffer(thread, 0));
	expect_stale("its end");
	revoke_cap(fixture.object_memory);
	expect_stale("a revocation");
	stand_at(L4_TYPE_VSPACE);
	l4_yield(); /* which changes nothing */
	struct run run;
	EXPECT_OK(mapping(0, &run));
}

/* The case's own space, where the walk stands: its mappings are told from `vaddr` on. */
static void expect_run(l4_word_t vaddr, struct run expected)
{
	struct run run = {.next = vaddr};

	do {
		EXPECT_OK(mapping(run.next, &run));
	} while (!run.size && run.next);
	EXPECT_EQ(expected.start, run.start);
	EXPECT_EQ(expected.size, run.size);
	EXPECT_EQ(expected.paddr, run.paddr);
	EXPECT_EQ(expected.rights, run.rights);
}

static l4_word_t address_of(l4_cap_t frame)
{
	l4_word_t paddr = 0;

	EXPECT_OK(l4_frame_address(frame, &paddr));
	return paddr;
}

TEST(INSP0006, "mappings: runs of pages one after another, with their rights and where they lead")
{
	l4_cap_t frames = new_slots(3), vspace = new_object(L4_TYPE_VSPACE), large = new_slot();
	l4_word_t at = CASE_VADDR, after = CASE_VADDR + 2 * LARGE_PAGE;

	EXPECT_OK(l4_untyped_retype(fixture.user_memory, L4_TYPE_FRAME, 21, L4_SLOT_CNODE, large, 1));
	EXPECT_OK(l4_untyped_retype(fixture.user_memory, L4_TYPE_FRAME, L4_PAGE_BITS, L4_SLOT_CNODE, frames, 3));
	make_tables(vspace, at);
	map_frame(vspace, frames, at, L4_READ | L4_WRITE);
	map_frame(vspace, frames + 1, at + PAGE, L4_READ | L4_WRITE);
	map_frame(vspace, frames + 2, at + 2 * PAGE, L4_READ | L4_EXECUTE);
	map_frame(vspace, large, after, L4_READ);
	EXPECT_EQ(address_of(frames) + PAGE, address_of(frames + 1));
	find_newest(L4_TYPE_VSPACE);
	expect_run(0, (struct run){at, 2 * PAGE, address_of(frames), L4_READ | L4_WRITE, 0});
	expect_run(at + PAGE, (struct run){at + PAGE, PAGE, address_of(frames + 1), L4_READ | L4_WRITE, 0});
	expect_run(at + PAGE + 5, (struct run){at + PAGE, PAGE, address_of(frames + 1), L4_READ | L4_WRITE, 0});
	expect_run(at + 2 * PAGE, (struct run){at + 2 * PAGE, PAGE, address_of(frames + 2), L4_READ | L4_EXECUTE, 0});
	expect_run(at + 3 * PAGE, (struct run){after, LARGE_PAGE, address_of(large), L4_READ, 0});
	expect_run(after + PAGE, (struct run){after, LARGE_PAGE, address_of(large), L4_READ, 0});
}

TEST(INSP0007, "mappings: a search takes bounded steps and ends; addresses outside the space have none")
{
	struct run run = {0};
	l4_word_t calls = 0;

	new_object(L4_TYPE_VSPACE);
	find_newest(L4_TYPE_VSPACE);
	do {
		l4_word_t from = run.next;

		EXPECT_OK(mapping(from, &run));
		EXPECT_EQ(0, run.size);
		EXPECT_TRUE(run.next == 0 || run.next > from);
		calls++;
	} while (run.next);
	EXPECT_TRUE(calls > 1 && calls <= 8); /* an empty root */
	EXPECT_OK(mapping(fixture.space_end, &run));
	EXPECT_EQ(0, run.size | run.next);
	EXPECT_OK(mapping(~0UL, &run));
	EXPECT_EQ(0, run.size | run.next);
}

TEST(INSP0008, "mappings are told only where the walk stands at a space")
{
	struct told told;
	struct run run;

	stand_at(L4_TYPE_THREAD);
	EXPECT_STATUS(L4_BAD_STATE, mapping(0, &run));
	stand_at(L4_TYPE_VSPACE);
	EXPECT_OK(mapping(0, &run));
	do {
		EXPECT_OK(next(false, &told));
	} while (told.type != L4_TYPE_NULL);
	EXPECT_STATUS(L4_BAD_STATE, mapping(0, &run));
}

TEST(INSP0009, "a guest's second stage is told like any space")
{
	if (!fixture.has_vcpu)
		return;
	l4_cap_t guest = new_object(L4_TYPE_GUEST_VSPACE), frame = new_frame();

	make_tables(guest, GUEST_PAGE);
	map_frame(guest, frame, GUEST_PAGE, L4_READ | L4_WRITE | L4_EXECUTE);
	EXPECT_EQ(15, find_newest(L4_TYPE_VSPACE).size_bits);
	expect_run(0, (struct run){GUEST_PAGE, PAGE, address_of(frame), L4_READ | L4_WRITE | L4_EXECUTE, 0});
}
