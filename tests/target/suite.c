/* SPDX-License-Identifier: BSD-2-Clause */
#include "suite.h"

#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/time.h>

#define SLOTS_MAX 16384
#define STACK_SIZE 16384
#define THREADS_MAX 16
#define ALIGNMENT (1UL << 21)
#define SLEEP 500 /* microseconds */
#define JOIN_SECONDS 20 /* the machine may share its host with others */

struct l4_slots suite_slots;
struct l4_objects suite_objects;
struct l4_space suite_space;

static uint64_t bitmap[L4_SLOTS_WORDS(SLOTS_MAX)];
static uint16_t machine_owner[SLOTS_MAX], case_owner[SLOTS_MAX];
static struct l4_objects machine; /* all memory; lives as long as the suite, whose own memory is a part of it */
static l4_word_t next_vaddr;

/* Where the threads of a case have their stacks and buffers. */
static struct {
	l4_cap_t thread;
	void *stack;
	l4_word_t buffer;
} threads[THREADS_MAX];
static unsigned int thread_count;

static void add_memory(const struct l4_startup *block)
{
	for (uint32_t i = 0; i < block->untyped_count; i++)
		if (block->untyped[i].kind != L4_MEMORY_DEVICE)
			L4_ENSURE(l4_objects_add(&machine, block->untyped[i].slot));
}

static void add_case_memory(enum l4_memory kind, unsigned int size_bits)
{
	l4_cap_t untyped;

	L4_REQUIRE(l4_objects_alloc(&machine, L4_TYPE_UNTYPED, size_bits, kind, &untyped));
	L4_ENSURE(l4_objects_add(&suite_objects, untyped));
}

__attribute__((constructor)) static void suite_init(void)
{
	const struct l4_startup *block = l4_startup();
	l4_word_t count = block->slot_count - block->free_slot;

	l4_slots_init(&suite_slots, L4_SLOT_CNODE, block->free_slot, count < SLOTS_MAX ? count : SLOTS_MAX, bitmap);
	l4_objects_init(&machine, &suite_slots, machine_owner);
	l4_objects_init(&suite_objects, &suite_slots, case_owner);
	add_memory(block);
	add_case_memory(L4_MEMORY_OBJECT, SUITE_OBJECT_BITS);
	add_case_memory(L4_MEMORY_USER, SUITE_USER_BITS);
	suite_space = l4_space_of(L4_SLOT_VSPACE, &suite_objects);
	L4_REQUIRE(l4_thread_set_priority(L4_SLOT_THREAD, l4_startup_cap("domain"), SUITE_PRIORITY));
}

void l4_test_setup(void)
{
	next_vaddr = (l4_startup()->free_vaddr + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	thread_count = 0;
}

void l4_test_teardown(void)
{
	EXPECT_OK(l4_objects_reset(&suite_objects));
}

l4_cap_t suite_cap(const char *name)
{
	l4_cap_t cap = l4_startup_cap(name);

	EXPECT_TRUE(cap != 0);
	return cap;
}

l4_cap_t suite_slot(void)
{
	l4_cap_t slot = l4_slots_alloc(&suite_slots);

	EXPECT_TRUE(slot != 0);
	return slot;
}

l4_cap_t suite_object(l4_word_t type)
{
	l4_cap_t object = 0;

	EXPECT_OK(l4_object_new(&suite_objects, type, &object));
	return object;
}

l4_cap_t suite_copy(l4_cap_t source, l4_word_t rights)
{
	l4_cap_t slot = suite_slot();

	EXPECT_OK(l4_cnode_copy(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, source, rights));
	return slot;
}

l4_cap_t suite_mint(l4_cap_t source, l4_word_t rights, l4_word_t badge)
{
	l4_cap_t slot = suite_slot();

	EXPECT_OK(l4_cnode_mint(L4_SLOT_CNODE, slot, L4_SLOT_CNODE, source, rights, badge));
	return slot;
}

l4_word_t suite_vaddr(l4_word_t size)
{
	l4_word_t vaddr = next_vaddr;

	next_vaddr = (vaddr + size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	EXPECT_TRUE(next_vaddr <= l4_startup()->free_vaddr_end);
	return vaddr;
}

void *suite_memory(l4_word_t size)
{
	l4_word_t vaddr = suite_vaddr(size);
	struct l4_pages pages;

	EXPECT_OK(l4_pages_new(&suite_objects, vaddr, size, &pages));
	EXPECT_OK(l4_pages_map(&pages, &suite_space, vaddr, L4_READ | L4_WRITE));
	return (void *)vaddr;
}

l4_cap_t suite_thread(l4_word_t priority)
{
	struct l4_thread_config config = {
		.cnode = L4_SLOT_CNODE, .domain = suite_cap("domain"), .reply = suite_object(L4_TYPE_REPLY), .buffer = suite_vaddr(1), .priority = priority,
	};
	l4_cap_t thread = 0;

	EXPECT_TRUE(thread_count < THREADS_MAX);
	EXPECT_OK(l4_sched_context_new(&suite_objects, config.domain, l4_ticks_per_second() / 100, l4_ticks_per_second() / 100, &config.sched_context));
	EXPECT_OK(l4_thread_new(&suite_space, &config, &thread));
	threads[thread_count].thread = thread;
	threads[thread_count].stack = suite_memory(STACK_SIZE);
	threads[thread_count].buffer = config.buffer;
	thread_count++;
	return thread;
}

void suite_run(l4_cap_t thread, void (*entry)(void *argument), void *argument)
{
	for (unsigned int i = 0; i < thread_count; i++) {
		if (threads[i].thread == thread) {
			EXPECT_OK(l4_thread_start_local(thread, entry, argument, threads[i].stack, STACK_SIZE, threads[i].buffer));
			return;
		}
	}
	EXPECT_TRUE(!"a thread of suite_thread");
}

l4_cap_t suite_start(l4_word_t priority, void (*entry)(void *argument), void *argument)
{
	l4_cap_t thread = suite_thread(priority);

	suite_run(thread, entry, argument);
	return thread;
}

/* Threads of lower priority run only while this one sleeps, on a timer. */
static void sleep_a_little(void)
{
	l4_cap_t notification = suite_object(L4_TYPE_NOTIFICATION), timer = suite_object(L4_TYPE_TIMER);

	EXPECT_OK(l4_timer_bind(timer, notification));
	EXPECT_OK(l4_timer_arm(timer, l4_now() + l4_ticks_of_microseconds(SLEEP)));
	l4_wait(notification);
	EXPECT_OK(l4_objects_free(&suite_objects, timer));
	EXPECT_OK(l4_objects_free(&suite_objects, notification));
}

void suite_join(l4_cap_t thread)
{
	l4_word_t deadline = l4_now() + JOIN_SECONDS * l4_ticks_per_second(), state;

	for (;;) {
		EXPECT_OK(l4_thread_info(thread, &state, NULL, NULL));
		if (state == L4_THREAD_SUSPENDED)
			return;
		EXPECT_TRUE(l4_now() < deadline);
		sleep_a_little();
	}
}
