/* SPDX-License-Identifier: BSD-2-Clause */
/* Long operations: interrupts are taken in the middle, threads of higher priority run, and the operation goes on afterwards. */
#include "worker.h"

#include <l4/time.h>

#define CHILDREN 4000
#define TRIES 20 /* a busy host can keep the timer from interrupting in time */

static void make_children(l4_cap_t cnode, l4_cap_t source, l4_word_t count)
{
	for (l4_word_t i = 0; i < count; i++)
		EXPECT_OK(l4_cnode_copy(cnode, i, L4_SLOT_CNODE, source, L4_ALL_RIGHTS));
}

static l4_word_t count_children(l4_cap_t cnode, l4_word_t count)
{
	l4_word_t found = 0;

	for (l4_word_t i = 0; i < count; i++) {
		l4_word_t type;

		EXPECT_OK(l4_cnode_identify(cnode, i, &type, NULL, NULL, NULL, NULL));
		found += type != L4_TYPE_NULL;
	}
	return found;
}

static void revoke(struct worker *worker)
{
	worker->result.status = l4_cnode_revoke(L4_SLOT_CNODE, worker->cap);
}

static void delete(struct worker *worker)
{
	worker->result.status = l4_cnode_delete(L4_SLOT_CNODE, worker->cap);
}

/* Starts `run` in a thread below this one and sees how often this one comes in between. */
static l4_word_t interruptions(struct worker *worker, void (*run)(struct worker *worker), l4_word_t interval)
{
	l4_word_t count = 0;

	EXPECT_OK(l4_thread_set_priority(worker->thread, fixture.domain, MAIN_PRIORITY - 1));
	worker_run(worker, run);
	while (!worker->done) {
		sleep_microseconds(interval);
		count++;
	}
	return count;
}

TEST(RS0001, "a revoke of 4,000 children is interrupted, and completes")
{
	l4_cap_t cnode = new_cnode(CHILDREN), endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker = new_worker();

	l4_word_t count = 0;

	worker->cap = endpoint;
	for (int tries = 0; tries < TRIES && count < 2; tries++) {
		make_children(cnode, endpoint, CHILDREN);
		count = interruptions(worker, revoke, 20);
		EXPECT_OK(worker->result.status);
		EXPECT_EQ(0, count_children(cnode, CHILDREN));
	}
	EXPECT_TRUE(count >= 2);
}

TEST(RS0002, "a delete of a cnode full of the only capabilities to objects is interrupted, and completes")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 19), cnode = new_slot();
	struct worker *worker = new_worker();

	l4_word_t count = 0;

	worker->cap = cnode;
	for (int tries = 0; tries < TRIES && count < 2; tries++) {
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_CNODE, 17, L4_SLOT_CNODE, cnode, 1));
		for (l4_word_t i = 0; i < 2000; i += 50)
			EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, cnode, i, 50));
		count = interruptions(worker, delete, 20);
		EXPECT_OK(worker->result.status);
		EXPECT_EQ(0, used_of(untyped));
	}
	EXPECT_TRUE(count >= 2);
}

TEST(RS0003, "while a revoke goes on, others copy from the same source: it still ends")
{
	l4_cap_t cnode = new_cnode(CHILDREN), endpoint = new_object(L4_TYPE_ENDPOINT), more = new_slots(64);
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);
	l4_word_t made = 0;

	make_children(cnode, endpoint, CHILDREN);
	worker->cap = endpoint;
	worker_run(worker, revoke);
	while (!worker->done && made < 64) {
		sleep_microseconds(50);
		if (!worker->done)
			EXPECT_OK(try_copy(endpoint, more + made++));
	}
	EXPECT_EVENTUALLY(worker->done);
	EXPECT_OK(worker->result.status);
	EXPECT_EQ(0, count_children(cnode, CHILDREN));
	revoke_cap(endpoint); /* what was made behind the end */
	for (l4_word_t i = 0; i < made; i++)
		EXPECT_TRUE(is_empty(more + i));
}

TEST(RS0004, "a thread killed in the middle of a revoke: what it left, another ends")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 19), cnode = new_slot(), inner = new_slot();
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);

	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_CNODE, 17, L4_SLOT_CNODE, cnode, 1));
	EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_CNODE, 16, L4_SLOT_CNODE, inner, 1));
	for (l4_word_t i = 0; i < 1000; i += 50) {
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, cnode, i, 50));
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_ENDPOINT, 0, inner, i, 50));
	}
	EXPECT_OK(l4_cnode_move(cnode, 1500, L4_SLOT_CNODE, inner));
	worker->cap = cnode;
	worker_run(worker, delete);
	sleep_microseconds(50);
	bool half_way = !worker->done;
	delete_cap(worker->thread);
	check_kernel();
	revoke_cap(untyped);
	EXPECT_EQ(0, used_of(untyped));
	if (half_way)
		l4_test_note("killed half way");
}

TEST(RS0005, "two threads revoke each other's memory at the same time, a third revokes both")
{
	l4_cap_t untyped = new_sized(L4_TYPE_UNTYPED, 19), part[2] = {new_slot(), new_slot()}, cnode[2] = {new_slot(), new_slot()};
	struct worker *worker[2];

	for (int i = 0; i < 2; i++) {
		EXPECT_OK(l4_untyped_retype(untyped, L4_TYPE_UNTYPED, 18, L4_SLOT_CNODE, part[i], 1));
		EXPECT_OK(l4_untyped_retype(part[i], L4_TYPE_CNODE, 16, L4_SLOT_CNODE, cnode[i], 1));
	}
	/* Each cnode holds the memory of the other, and 800 objects of it. */
	for (int i = 0; i < 2; i++) {
		for (l4_word_t j = 0; j < 800; j += 50)
			EXPECT_OK(l4_untyped_retype(part[!i], L4_TYPE_NOTIFICATION, 0, cnode[i], 100 + j, 50));
		EXPECT_OK(l4_cnode_move(cnode[i], 1, L4_SLOT_CNODE, part[!i]));
	}
	for (int i = 0; i < 2; i++) {
		worker[i] = new_worker_of(MAIN_PRIORITY - 1);
		worker[i]->cap = cnode[i];
		EXPECT_OK(l4_sched_context_configure(worker[i]->time, fixture.domain, 2 * l4_startup()->min_budget, 4 * l4_startup()->min_budget));
		worker_run(worker[i], delete);
	}
	sleep_microseconds(100);
	revoke_cap(untyped);
	EXPECT_EQ(0, used_of(untyped));
	EXPECT_EVENTUALLY(worker[0]->done && worker[1]->done);
}

static void retype_large(struct worker *worker)
{
	worker->result.status = l4_untyped_retype(fixture.user_memory, L4_TYPE_FRAME, 21, L4_SLOT_CNODE, worker->cap, 1);
}

TEST(RS0006, "clearing a large frame is interrupted, goes on, and leaves no byte")
{
	l4_cap_t frame = new_slot();
	struct worker *worker = new_worker();
	l4_word_t count = 0;

	make_tables(L4_SLOT_VSPACE, CASE_VADDR + LARGE_PAGE);
	worker->cap = frame;
	for (int tries = 0; tries < TRIES && count < 2; tries++) {
		count = interruptions(worker, retype_large, 20);
		EXPECT_OK(worker->result.status);
		map_frame(L4_SLOT_VSPACE, frame, CASE_VADDR, L4_READ | L4_WRITE);
		for (l4_word_t i = 0; i < LARGE_PAGE; i += 512) {
			EXPECT_EQ(0, *(volatile l4_word_t *)(CASE_VADDR + i));
			*(volatile l4_word_t *)(CASE_VADDR + i) = ~0UL;
		}
		delete_cap(frame);
	}
	EXPECT_TRUE(count >= 2);
}

/* Nothing of user memory is 0 afterwards. */
static void make_dirty(void)
{
	l4_cap_t frames = new_slots(2);

	EXPECT_OK(l4_untyped_retype(fixture.user_memory, L4_TYPE_FRAME, 21, L4_SLOT_CNODE, frames, 2));
	make_tables(L4_SLOT_VSPACE, CASE_VADDR + 8 * LARGE_PAGE);
	for (l4_word_t i = 0; i < 2; i++) {
		EXPECT_OK(l4_frame_map(frames + i, L4_SLOT_VSPACE, CASE_VADDR + i * LARGE_PAGE, L4_READ | L4_WRITE, NULL));
		for (l4_word_t j = 0; j < LARGE_PAGE; j += 64)
			*(volatile l4_word_t *)(CASE_VADDR + i * LARGE_PAGE + j) = ~0UL;
	}
	revoke_cap(fixture.user_memory);
}

TEST(RS0007, "while an untyped is being cleared, others make objects of it: none overlap, all are clear")
{
	l4_cap_t large = new_slot(), small = new_slots(32);
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);
	l4_word_t made = 0, address, other;

	make_dirty();
	worker->cap = large;
	worker_run(worker, retype_large);
	while (!worker->done && made < 32) {
		sleep_microseconds(30);
		if (l4_untyped_retype(fixture.user_memory, L4_TYPE_FRAME, 12, L4_SLOT_CNODE, small + made, 1) == L4_OK)
			made++;
	}
	EXPECT_EVENTUALLY(worker->done);
	for (l4_word_t i = 0; i < made; i++) {
		map_frame(L4_SLOT_VSPACE, small + i, CASE_VADDR + 8 * LARGE_PAGE + i * PAGE, L4_READ);
		for (l4_word_t j = 0; j < PAGE; j += 8)
			EXPECT_EQ(0, *(volatile l4_word_t *)(CASE_VADDR + 8 * LARGE_PAGE + i * PAGE + j));
	}
	if (worker->result.status == L4_OUT_OF_MEMORY)
		return; /* the small ones have taken its place */
	EXPECT_OK(worker->result.status);
	EXPECT_OK(l4_frame_address(large, &address));
	for (l4_word_t i = 0; i < made; i++) {
		EXPECT_OK(l4_frame_address(small + i, &other));
		EXPECT_TRUE(other < address || other >= address + LARGE_PAGE);
	}
}

TEST(RS0008, "an endpoint with 30 waiting threads is drained; a restarted operation keeps its arguments")
{
	l4_cap_t endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker[30];

	for (int i = 0; i < 30; i++) {
		worker[i] = new_worker_of(MAIN_PRIORITY - 1);
		EXPECT_OK(l4_thread_set_priority(worker[i]->thread, fixture.domain, WORKER_PRIORITY));
		worker_call(worker[i], endpoint, 0);
		EXPECT_OK(l4_thread_set_priority(worker[i]->thread, fixture.domain, MAIN_PRIORITY - 1));
	}
	delete_cap(endpoint);
	for (int i = 0; i < 30; i++)
		EXPECT_EVENTUALLY(worker[i]->done && worker[i]->result.status == L4_PEER_GONE);
}

TEST(RS0009, "suspend, registers and a new start of a thread in the middle of a long operation")
{
	l4_cap_t cnode = new_cnode(CHILDREN), endpoint = new_object(L4_TYPE_ENDPOINT);
	struct worker *worker = new_worker_of(MAIN_PRIORITY - 1);

	for (int round = 0; round < 2; round++) {
		make_children(cnode, endpoint, CHILDREN);
		worker->cap = endpoint;
		worker_run(worker, revoke);
		for (int i = 0; i < 1000 && !worker->done; i++) {
			sleep_microseconds(30);
			if (worker->done)
				break;
			EXPECT_OK(l4_thread_suspend(worker->thread));
			EXPECT_OK(l4_thread_resume(worker->thread));
		}
		EXPECT_EVENTUALLY(worker->done);
		EXPECT_OK(worker->result.status);
		EXPECT_EQ(0, count_children(cnode, CHILDREN));
		EXPECT_OK(l4_thread_suspend(worker->thread));
	}
}
