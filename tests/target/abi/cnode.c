/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

TEST(CN0001, "a copy has the source's type and badge and the rights that both allow")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);

	for (l4_word_t rights = 0; rights < 8; rights++) {
		l4_cap_t copy = copy_cap(endpoint, rights), second = copy_cap(copy, L4_ALL_RIGHTS);

		EXPECT_EQ(L4_TYPE_ENDPOINT, type_of(copy));
		EXPECT_EQ(rights, rights_of(copy));
		EXPECT_EQ(rights, rights_of(second));
	}
	EXPECT_EQ(L4_READ | L4_WRITE | L4_GRANT | L4_EXECUTE, rights_of(new_frame()));
}

TEST(CN0002, "copy refuses full and missing slots, unknown rights and empty sources")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), small = new_cnode(4), empty = new_slot();

	EXPECT_STATUS(L4_OCCUPIED, try_copy(endpoint, endpoint));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_copy(small, 3, L4_SLOT_CNODE, endpoint, L4_ALL_RIGHTS));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_copy(small, ~0UL, L4_SLOT_CNODE, endpoint, L4_ALL_RIGHTS));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_copy(L4_SLOT_CNODE, empty, small, 3, L4_ALL_RIGHTS));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_copy(L4_SLOT_CNODE, empty, L4_SLOT_CNODE, endpoint, 16));
	EXPECT_STATUS(L4_INVALID_CAP, l4_cnode_copy(L4_SLOT_CNODE, empty, small, 1, L4_ALL_RIGHTS));
	EXPECT_TRUE(is_empty(empty));
	EXPECT_OK(l4_cnode_copy(small, 2, L4_SLOT_CNODE, endpoint, L4_ALL_RIGHTS));
	EXPECT_OK(l4_cnode_copy(L4_SLOT_CNODE, empty, small, 2, L4_ALL_RIGHTS));
}

TEST(CN0003, "untyped, reply and page_table capabilities cannot be copied or minted")
{
	l4_cap_t caps[] = {new_sized(L4_TYPE_UNTYPED, 12), new_object(L4_TYPE_REPLY), new_object(L4_TYPE_PAGE_TABLE)}, slot = new_slot();

	for (size_t i = 0; i < 3; i++) {
		EXPECT_STATUS(L4_BAD_OPERATION, try_copy(caps[i], slot));
		EXPECT_STATUS(L4_BAD_OPERATION, l4_cnode_mint(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, caps[i], L4_ALL_RIGHTS, 1));
	}
}

TEST(CN0004, "a badge is set once, on endpoints, notifications and domains alone")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), badged = mint_cap(endpoint, L4_WRITE, 0xffffffffffffffff), slot = new_slot();

	EXPECT_EQ(0xffffffffffffffff, badge_of(badged));
	EXPECT_EQ(L4_WRITE, rights_of(badged));
	EXPECT_EQ(0xffffffffffffffff, badge_of(copy_cap(badged, L4_ALL_RIGHTS)));
	EXPECT_STATUS(L4_BAD_OPERATION, l4_cnode_mint(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, badged, L4_ALL_RIGHTS, 2));
	EXPECT_STATUS(L4_BAD_OPERATION, l4_cnode_mint(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, new_object(L4_TYPE_TIMER), L4_ALL_RIGHTS, 2));
	EXPECT_STATUS(L4_BAD_OPERATION, l4_cnode_mint(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, L4_SLOT_CNODE, L4_ALL_RIGHTS, 2));
	EXPECT_EQ(7, badge_of(mint_cap(new_object(L4_TYPE_NOTIFICATION), L4_ALL_RIGHTS, 7)));
	EXPECT_EQ(8, badge_of(mint_cap(fixture.domain, L4_ALL_RIGHTS, 8)));
	EXPECT_EQ(9, badge_of(mint_cap(fixture.system, L4_ALL_RIGHTS, 9)));
	EXPECT_STATUS(L4_OCCUPIED, l4_cnode_mint(L4_SLOT_CNODE, badged, L4_SLOT_CNODE, endpoint, L4_ALL_RIGHTS, 2));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_mint(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, endpoint, 32, 2));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_mint(L4_SLOT_CNODE, ~0UL, L4_SLOT_CNODE, endpoint, 1, 2));
}

TEST(CN0005, "a chain of copies ends at DERIVATION_DEPTH_MAX; for copy and for mint; revoking its first ends it all")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), deepest = deepest_copy(endpoint), slot = new_slot();

	EXPECT_TRUE(deepest - endpoint > L4_DERIVATION_DEPTH_MAX - 10);
	EXPECT_STATUS(L4_TOO_DEEP, l4_cnode_mint(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, deepest, L4_ALL_RIGHTS, 2));
	revoke_cap(endpoint);
	EXPECT_TRUE(is_empty(deepest) && is_empty(endpoint + 1) && !is_empty(endpoint));
}

TEST(CN0006, "move keeps the place in the derivation")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), parent = copy_cap(endpoint, L4_ALL_RIGHTS), child = copy_cap(parent, L4_ALL_RIGHTS), moved = new_slot(),
		 grandchild = copy_cap(child, L4_ALL_RIGHTS);

	EXPECT_OK(l4_cnode_move(L4_SLOT_CNODE, moved, L4_SLOT_CNODE, child));
	EXPECT_TRUE(is_empty(child));
	revoke_cap(moved);
	EXPECT_TRUE(is_empty(grandchild) && !is_empty(moved));
	revoke_cap(parent);
	EXPECT_TRUE(is_empty(moved) && !is_empty(parent));
}

TEST(CN0007, "move refuses full, missing and empty slots, also the slot itself")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), small = new_cnode(4), empty = new_slot();

	EXPECT_STATUS(L4_OCCUPIED, l4_cnode_move(L4_SLOT_CNODE, endpoint, L4_SLOT_CNODE, endpoint));
	EXPECT_STATUS(L4_OCCUPIED, l4_cnode_move(L4_SLOT_CNODE, small, L4_SLOT_CNODE, endpoint));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_move(small, 3, L4_SLOT_CNODE, endpoint));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_move(L4_SLOT_CNODE, empty, small, 3));
	EXPECT_STATUS(L4_INVALID_CAP, l4_cnode_move(L4_SLOT_CNODE, empty, small, 2));
	EXPECT_OK(l4_cnode_move(small, 2, L4_SLOT_CNODE, endpoint));
	EXPECT_TRUE(is_empty(endpoint));
	EXPECT_OK(l4_cnode_move(L4_SLOT_CNODE, endpoint, small, 2));
	EXPECT_EQ(L4_TYPE_ENDPOINT, type_of(endpoint));
}

TEST(CN0008, "delete takes the copies along, and an empty slot is no error")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT), first = copy_cap(endpoint, L4_ALL_RIGHTS), second = copy_cap(endpoint, L4_ALL_RIGHTS),
		 below = copy_cap(first, L4_ALL_RIGHTS);

	delete_cap(first);
	EXPECT_TRUE(is_empty(first) && is_empty(below) && !is_empty(second) && !is_empty(endpoint));
	delete_cap(first);
	delete_cap(endpoint);
	EXPECT_TRUE(is_empty(endpoint) && is_empty(second));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_delete(new_cnode(4), 3));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_delete(L4_SLOT_CNODE, ~0UL));
}

TEST(CN0009, "revoke needs a capability, and leaves it")
{
	l4_cap_t small = new_cnode(4);

	EXPECT_STATUS(L4_INVALID_CAP, l4_cnode_revoke(small, 1));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_revoke(small, 3));
	EXPECT_OK(l4_cnode_revoke(L4_SLOT_CNODE, small));
	EXPECT_EQ(L4_TYPE_CNODE, type_of(small));
}

TEST(CN0010, "identify tells type, rights, badge, size and children")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	l4_word_t type, rights, badge, bits, children;

	EXPECT_OK(l4_cnode_identify(L4_SLOT_CNODE, endpoint, &type, &rights, &badge, &bits, &children));
	EXPECT_EQ(L4_TYPE_ENDPOINT, type);
	EXPECT_EQ(L4_READ | L4_WRITE | L4_GRANT, rights);
	EXPECT_EQ(0, badge);
	EXPECT_EQ(0, children);
	copy_cap(endpoint, 0);
	EXPECT_OK(l4_cnode_identify(L4_SLOT_CNODE, endpoint, NULL, NULL, NULL, NULL, &children));
	EXPECT_EQ(1, children);
	EXPECT_OK(l4_cnode_identify(L4_SLOT_CNODE, new_cnode(16), &type, NULL, &badge, &bits, NULL));
	EXPECT_EQ(10, bits);
	EXPECT_EQ(0, badge);
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_cnode_identify(L4_SLOT_CNODE, ~0UL, NULL, NULL, NULL, NULL, NULL));
	EXPECT_EQ(L4_TYPE_NULL, type_of(new_slot()));
}

TEST(CN0011, "a frame's capability tells no address where it is mapped")
{
	l4_cap_t frame = new_frame();

	map_frame(L4_SLOT_VSPACE, frame, CASE_VADDR, L4_READ);
	EXPECT_EQ(0, badge_of(frame));
}

/* --- Cnodes and their own destruction --- */

TEST(CN0012, "a cnode that holds its own capability can be destroyed, from outside by its copy's parent")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 12), cnode = new_slot(), window = new_slot();

	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_CNODE, 10, L4_SLOT_CNODE, cnode, 1));
	EXPECT_OK(try_copy(cnode, window));
	EXPECT_OK(l4_cnode_move(window, 5, L4_SLOT_CNODE, cnode)); /* its own first capability lies in it now */
	EXPECT_OK(l4_cnode_delete(window, 5));
	EXPECT_TRUE(is_empty(window));
	EXPECT_EQ(0, used_of(untyped));
}

TEST(CN0013, "cnodes that hold each other's capabilities")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 13), a = new_slot(), b = new_slot(), window_a = new_slot(), window_b = new_slot();

	for (int victim = 0; victim < 3; victim++) {
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_CNODE, 10, L4_SLOT_CNODE, a, 1));
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_CNODE, 10, L4_SLOT_CNODE, b, 1));
		EXPECT_OK(try_copy(a, window_a));
		EXPECT_OK(try_copy(b, window_b));
		EXPECT_OK(l4_cnode_move(window_a, 3, L4_SLOT_CNODE, b));
		EXPECT_OK(l4_cnode_move(window_b, 3, L4_SLOT_CNODE, a));
		if (victim == 0)
			EXPECT_OK(l4_cnode_delete(window_a, 3));
		else if (victim == 1)
			EXPECT_OK(l4_cnode_delete(window_b, 3));
		else
			revoke_cap(untyped);
		EXPECT_TRUE(is_empty(window_a) && is_empty(window_b));
		EXPECT_EQ(0, used_of(untyped));
	}
}

TEST(CN0014, "a cnode that holds the untyped it is made from")
{
	l4_cap_t outer = new_sized(L4_TYPE_UNTYPED, 13), untyped = new_slot(), cnode = new_slot(), window = new_slot();

	for (int how = 0; how < 3; how++) {
		EXPECT_OK(l4_untyped_retype(outer, L4_TYPE_UNTYPED, 12, L4_SLOT_CNODE, untyped, 1));
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_CNODE, 10, L4_SLOT_CNODE, cnode, 1));
		EXPECT_OK(try_copy(cnode, window));
		EXPECT_OK(l4_cnode_move(cnode, 4, L4_SLOT_CNODE, untyped));
		if (how == 0)
			delete_cap(cnode);
		else if (how == 1)
			EXPECT_OK(l4_cnode_delete(window, 4));
		else
			revoke_cap(outer);
		EXPECT_TRUE(is_empty(window) && is_empty(cnode));
		EXPECT_EQ(0, used_of(outer));
	}
}

TEST(CN0015, "a cnode that holds itself, its untyped, and a thread that runs on it")
{
	l4_cap_t outer = new_sized(L4_TYPE_UNTYPED, 16), untyped = new_slot(), cnode = new_slot(), window = new_slot(), thread = new_slot();

	EXPECT_OK(l4_untyped_retype(outer, L4_TYPE_UNTYPED, 15, L4_SLOT_CNODE, untyped, 1));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_CNODE, 10, L4_SLOT_CNODE, cnode, 1));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_THREAD, 0, L4_SLOT_CNODE, thread, 1));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_CNODE, cnode));
	EXPECT_OK(try_copy(cnode, window));
	EXPECT_OK(l4_cnode_move(window, 1, L4_SLOT_CNODE, untyped));
	EXPECT_OK(l4_cnode_move(window, 2, L4_SLOT_CNODE, thread));
	EXPECT_OK(l4_cnode_move(window, 3, L4_SLOT_CNODE, cnode));
	EXPECT_OK(l4_cnode_revoke(window, 1));
	EXPECT_TRUE(is_empty(window));
	revoke_cap(outer);
	EXPECT_EQ(0, used_of(outer));
}

TEST(CN0016, "nested cnodes: a chain of 64, each holding the next alone")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 16), cnode = new_slot(), window = new_slot();

	for (int i = 0; i < 64; i++) {
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_CNODE, 7, L4_SLOT_CNODE, cnode, 1));
		if (i)
			EXPECT_OK(l4_cnode_move(cnode, 0, L4_SLOT_CNODE, window));
		EXPECT_OK(l4_cnode_move(L4_SLOT_CNODE, window, L4_SLOT_CNODE, cnode));
	}
	delete_cap(window);
	EXPECT_EQ(0, used_of(untyped));
}

static void delete_own(struct worker *worker)
{
	l4_status_t status = l4_cnode_delete(worker->cap, worker->value);

	if (!worker->done)
		worker->result.status = status;
}

/* A worker whose cnode is a small one: slot 1 itself, slot 2 its thread. */
static struct worker *worker_in_cnode(l4_cap_t cnode)
{
	struct worker *worker = new_worker();

	EXPECT_OK(l4_cnode_copy(cnode, 1, L4_SLOT_CNODE, cnode, L4_ALL_RIGHTS));
	EXPECT_OK(l4_thread_bind(worker->thread, L4_BIND_CNODE, cnode));
	return worker;
}

TEST(CN0017, "a thread that deletes its own cnode's capabilities is left without any")
{
	l4_cap_t cnode = new_cnode(16), copy = copy_cap(cnode, L4_ALL_RIGHTS);
	struct worker *worker = worker_in_cnode(copy);

	worker->cap = 1;
	worker->value = 1;
	/* The worker's own suspend fails then; it runs in a loop of failing calls, below the case. */
	EXPECT_OK(l4_thread_set_priority(worker->thread, fixture.domain, MAIN_PRIORITY - 1));
	worker_run(worker, delete_own);
	EXPECT_EVENTUALLY(worker->done);
	EXPECT_OK(l4_thread_suspend(worker->thread));
	EXPECT_OK(worker->result.status);
}

TEST(CN0018, "a thread deletes the cnode it runs on, which holds its own first capability")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 12), cnode = new_slot(), window = new_slot();
	struct worker *worker;

	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_CNODE, 10, L4_SLOT_CNODE, cnode, 1));
	worker = worker_in_cnode(cnode);
	EXPECT_OK(try_copy(cnode, window));
	EXPECT_OK(l4_cnode_move(window, 3, L4_SLOT_CNODE, cnode));
	worker->cap = 1;
	worker->value = 3;
	EXPECT_OK(l4_thread_set_priority(worker->thread, fixture.domain, MAIN_PRIORITY - 1));
	worker_run(worker, delete_own);
	EXPECT_EVENTUALLY(worker->done);
	EXPECT_OK(l4_thread_suspend(worker->thread));
	EXPECT_TRUE(is_empty(window));
	revoke_cap(untyped);
	EXPECT_EQ(0, used_of(untyped));
}

static void delete_self(struct worker *worker)
{
	l4_cnode_delete(L4_SLOT_CNODE, worker->thread);
	worker->value = 1; /* never */
}

TEST(CN0019, "a thread deletes itself")
{
	struct worker *worker = new_worker();

	worker_run(worker, delete_self);
	EXPECT_TRUE(is_empty(worker->thread));
	EXPECT_EQ(0, worker->value);
}

static void revoke_all(struct worker *worker)
{
	l4_cnode_revoke(L4_SLOT_CNODE, worker->cap);
	worker->value = 1; /* never */
}

TEST(CN0020, "a thread revokes the memory that it and its space-time are made of")
{
	struct worker *worker = new_worker();
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 15), thread = new_slot(), time = new_slot();

	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_THREAD, 0, L4_SLOT_CNODE, thread, 1));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_SCHED_CONTEXT, 0, L4_SLOT_CNODE, time, 1));
	EXPECT_OK(l4_sched_context_configure(time, fixture.domain, 100000, 100000));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_CNODE, L4_SLOT_CNODE));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_VSPACE, L4_SLOT_VSPACE));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_DOMAIN, fixture.domain));
	EXPECT_OK(l4_thread_bind(thread, L4_BIND_SCHED_CONTEXT, time));
	EXPECT_OK(l4_thread_set_priority(thread, fixture.domain, WORKER_PRIORITY));
	delete_cap(worker->thread);
	worker->thread = thread;
	worker->cap = untyped;
	worker_run(worker, revoke_all);
	EXPECT_TRUE(is_empty(thread));
	EXPECT_EQ(0, worker->value);
	/* What is not destroyed yet is whoever comes next's to end. */
	revoke_cap(untyped);
	EXPECT_TRUE(is_empty(time));
	EXPECT_EQ(0, used_of(untyped));
}

TEST(CN0021, "handing a cnode its own slots: capabilities move into a cnode that is then destroyed")
{
	l4_cap_t cnode = new_cnode(64), endpoint = new_object(L4_TYPE_ENDPOINT), copy = copy_cap(endpoint, L4_ALL_RIGHTS);

	for (l4_word_t i = 0; i < 63; i++)
		EXPECT_OK(l4_cnode_copy(cnode, i, L4_SLOT_CNODE, copy, L4_ALL_RIGHTS));
	delete_cap(cnode);
	revoke_cap(copy);
	EXPECT_TRUE(!is_empty(copy) && !is_empty(endpoint));
}
