/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What operations cost a user, in executed instructions, stubs included: the median of many, under `qemu -icount shift=0`.
 * Prints `BENCH name instructions`.
 */
#include <stdio.h>
#include <stdlib.h>

#include <l4/arch/time.h>
#include <l4/debug.h>
#include <l4/objects.h>
#include <l4/program.h>
#include <l4/startup.h>
#include <l4/stubs.h>
#include <l4/threads.h>
#include <l4/time.h>

#define ROUNDS 1000
#define PRIORITY 100
#define SLOTS 4096
#define SERVER_ADDRESS 0x10000000UL

static struct l4_slots slots;
static uint64_t slot_bitmap[L4_SLOTS_WORDS(SLOTS)];
static uint16_t owner[SLOTS];
static struct l4_objects objects;
static l4_cap_t domain;

/* The server's code (arch/ISA/server.S). */
#define SERVER_ENDPOINT 1
extern const char bench_server[], bench_server_end[];

_Static_assert(SERVER_ENDPOINT == 1 && L4_SYS_RECV == 3 && L4_SYS_REPLY_RECV == -2, "numbers in server.S");

static inline uint64_t instructions(void)
{
	__asm__ volatile("" : : : "memory");
	uint64_t count = l4_arch_instructions();
	__asm__ volatile("" : : : "memory");
	return count;
}

static int by_size(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
	return left < right ? -1 : left > right;
}

static uint64_t samples[ROUNDS];

static uint64_t median(void)
{
	qsort(samples, ROUNDS, sizeof(*samples), by_size);
	return samples[ROUNDS / 2];
}

/* What measuring nothing gives, which is taken off. The start is in memory then too, as it is over a system call, which keeps no register. */
static uint64_t overhead;
static volatile uint64_t start;

#define MEASURE(name, ...)                                                  \
	do {                                                                \
		for (int round = 0; round < ROUNDS; round++) {              \
			start = instructions();                             \
			__VA_ARGS__;                                        \
			samples[round] = instructions() - start;            \
		}                                                           \
		printf("BENCH %s %lu\n", name, median() - overhead);        \
	} while (0)

static void calibrate(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		start = instructions();
		samples[round] = instructions() - start;
	}
	overhead = median();
}

static l4_cap_t new_object(l4_word_t type)
{
	l4_cap_t object;
	L4_REQUIRE(l4_object_new(&objects, type, &object));
	return object;
}

static void set_up(void)
{
	const struct l4_startup *block = l4_startup();
	l4_slots_init(&slots, L4_SLOT_CNODE, block->free_slot, SLOTS, slot_bitmap);
	l4_objects_init(&objects, &slots, owner);
	for (uint32_t i = 0; i < block->untyped_count; i++) {
		if (block->untyped[i].kind != L4_MEMORY_DEVICE)
			L4_ENSURE(l4_objects_add(&objects, block->untyped[i].slot));
	}
	domain = l4_startup_cap("domain");
	L4_REQUIRE(l4_thread_set_priority(L4_SLOT_THREAD, domain, PRIORITY));
}

/* A passive server in a space of its own that waits at `endpoint`. */
static void start_server(l4_cap_t endpoint)
{
	struct l4_space space;
	l4_cap_t cnode, frame, view, thread, time;
	void *page = (void *)(SERVER_ADDRESS + (1UL << 30));
	struct l4_space own = l4_space_of(L4_SLOT_VSPACE, &objects);

	L4_REQUIRE(l4_space_new(&space, L4_TYPE_VSPACE, &objects));
	L4_REQUIRE(l4_objects_alloc(&objects, L4_TYPE_CNODE, 10, L4_MEMORY_OBJECT, &cnode));
	L4_REQUIRE(l4_frame_new(&objects, L4_PAGE_BITS, &frame));
	view = l4_slots_alloc(&slots);
	L4_ENSURE(view);
	L4_REQUIRE(l4_cnode_copy(L4_SLOT_CNODE, view, L4_SLOT_CNODE, frame, L4_ALL_RIGHTS));
	L4_REQUIRE(l4_space_map(&own, view, (l4_word_t)page, L4_READ | L4_WRITE));
	__builtin_memcpy(page, bench_server, bench_server_end - bench_server);
	L4_REQUIRE(l4_space_map(&space, frame, SERVER_ADDRESS, L4_READ | L4_EXECUTE));
	L4_REQUIRE(l4_cnode_copy(cnode, SERVER_ENDPOINT, L4_SLOT_CNODE, endpoint, L4_READ));
	L4_REQUIRE(l4_sched_context_new(&objects, domain, l4_ticks_per_second() / 100, l4_ticks_per_second() / 100, &time));
	struct l4_thread_config config = {.cnode = cnode, .domain = domain, .sched_context = time, .reply = new_object(L4_TYPE_REPLY), .priority = PRIORITY + 1};
	L4_REQUIRE(l4_thread_new(&space, &config, &thread));
	L4_REQUIRE(l4_thread_start(thread, SERVER_ADDRESS, 0, 0, 0));
	/* Of higher priority, it waits by now: it needs no time of its own from here on. */
	L4_REQUIRE(l4_thread_bind(thread, L4_BIND_SCHED_CONTEXT, 0));
}

/* The call and its result, kept; one that fails once fails ever after. */
#define MEASURE_CALL(words)                                                                     \
	do {                                                                                    \
		static volatile l4_status_t status;                                             \
		MEASURE("ipc_round_trip_" #words, {                                             \
			struct l4_registers m = {{1, 2, 3, 4, 5, 6, 7, 8}};                     \
			status = l4_call(endpoint, l4_tag(1, words), &m).status;                \
		});                                                                             \
		L4_ENSURE(status == L4_OK);                                                     \
	} while (0)

static void measure_ipc(void)
{
	l4_cap_t made = new_object(L4_TYPE_ENDPOINT), endpoint = l4_slots_alloc(&slots);
	start_server(made);
	/* As programs have it: a call that grants takes the general way. */
	L4_ENSURE(endpoint);
	L4_REQUIRE(l4_cnode_copy(L4_SLOT_CNODE, endpoint, L4_SLOT_CNODE, made, L4_WRITE));
	MEASURE_CALL(0);
	MEASURE_CALL(4);
	MEASURE_CALL(8);
	MEASURE_CALL(10);
	MEASURE_CALL(64);
}

static void measure_objects(void)
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), copy, frame;
	struct l4_space own = l4_space_of(L4_SLOT_VSPACE, &objects);
	l4_word_t vaddr = SERVER_ADDRESS + (1UL << 30) + 8 * 4096;

	copy = l4_slots_alloc(&slots);
	L4_ENSURE(copy);
	L4_REQUIRE(l4_frame_new(&objects, L4_PAGE_BITS, &frame));
	L4_REQUIRE(l4_space_map(&own, frame, vaddr, L4_READ));
	L4_REQUIRE(l4_frame_unmap(frame));
	MEASURE("cheapest_call", l4_thread_set_fpu(L4_SLOT_THREAD, 0));
	MEASURE("signal_nobody_waiting", l4_signal(notification));
	MEASURE("yield_alone", l4_yield());
	MEASURE("frame_map_unmap", {
		l4_frame_map(frame, L4_SLOT_VSPACE, vaddr, L4_READ, NULL);
		l4_frame_unmap(frame);
	});
	MEASURE("capability_copy_delete", {
		l4_cnode_copy(L4_SLOT_CNODE, copy, L4_SLOT_CNODE, notification, L4_ALL_RIGHTS);
		l4_cnode_delete(L4_SLOT_CNODE, copy);
	});
}

int main(void)
{
	set_up();
	calibrate();
	measure_ipc();
	measure_objects();
	printf("BENCH done 0\n");
	return 0;
}
