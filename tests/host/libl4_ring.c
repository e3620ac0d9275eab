/* SPDX-License-Identifier: BSD-2-Clause */
#include <host_test.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <l4/ring.h>

#define PAGE 4096
#define BYTES 2048 /* capacity of a ring of bytes in a page */

static _Alignas(64) uint8_t memory[PAGE];

static void join_both(struct l4_ring *producer, struct l4_ring *consumer, uint32_t entry_size)
{
	memset(memory, 0, sizeof(memory));
	l4_ring_join(producer, memory, sizeof(memory), entry_size);
	l4_ring_join(consumer, memory, sizeof(memory), entry_size);
}

TEST(RING0001, "the capacity is the largest power of two of entries that fits")
{
	struct l4_ring ring;

	l4_ring_join(&ring, memory, PAGE, 1);
	EXPECT_EQ(BYTES, ring.capacity);
	l4_ring_join(&ring, memory, PAGE, sizeof(struct l4_descriptor));
	EXPECT_EQ(128, ring.capacity);
	l4_ring_join(&ring, memory, sizeof(struct l4_ring_shared) + 64, 1);
	EXPECT_EQ(64, ring.capacity);
	l4_ring_join(&ring, memory, sizeof(struct l4_ring_shared) + 63, 1);
	EXPECT_EQ(32, ring.capacity);
	l4_ring_join(&ring, memory, sizeof(struct l4_ring_shared) + 16, 16);
	EXPECT_EQ(1, ring.capacity);
}

TEST(RING0002, "bytes come out as they went in, over many turns of the ring")
{
	struct l4_ring producer, consumer;
	uint8_t in[700], out[700];
	uint8_t next_in = 0, next_out = 0;

	join_both(&producer, &consumer, 1);
	for (int round = 0; round < 5000; round++) {
		uint32_t wanted = (uint32_t)(host_random() % sizeof(in)), pushed, popped;

		for (uint32_t i = 0; i < wanted; i++)
			in[i] = (uint8_t)(next_in + i);
		pushed = l4_ring_push(&producer, in, wanted, NULL);
		next_in = (uint8_t)(next_in + pushed);
		popped = l4_ring_pop(&consumer, out, (uint32_t)(host_random() % sizeof(out)), NULL);
		for (uint32_t i = 0; i < popped; i++)
			EXPECT_EQ(next_out++, out[i]);
	}
	EXPECT_TRUE(!producer.broken && !consumer.broken);
}

TEST(RING0003, "a full ring takes nothing, an empty one gives nothing")
{
	static uint8_t bytes[BYTES + 10];
	struct l4_ring producer, consumer;
	bool signal = true;

	join_both(&producer, &consumer, 1);
	EXPECT_EQ(0, l4_ring_pop(&consumer, bytes, 1, &signal));
	EXPECT_TRUE(!signal);
	EXPECT_EQ(BYTES, l4_ring_push(&producer, bytes, sizeof(bytes), NULL));
	EXPECT_EQ(0, l4_ring_room(&producer));
	EXPECT_EQ(BYTES, l4_ring_filled(&consumer));
	EXPECT_EQ(0, l4_ring_push(&producer, bytes, 1, &signal));
	EXPECT_TRUE(!signal);
}

TEST(RING0004, "push signals when the ring was empty, pop when it was full, and else not")
{
	static uint8_t bytes[BYTES];
	struct l4_ring producer, consumer;
	bool signal;

	join_both(&producer, &consumer, 1);
	l4_ring_push(&producer, bytes, 1, &signal);
	EXPECT_TRUE(signal);
	l4_ring_push(&producer, bytes, 1, &signal);
	EXPECT_TRUE(!signal);
	l4_ring_pop(&consumer, bytes, 1, &signal);
	EXPECT_TRUE(!signal);
	l4_ring_push(&producer, bytes, BYTES, &signal);
	EXPECT_EQ(0, l4_ring_room(&producer));
	l4_ring_pop(&consumer, bytes, 1, &signal);
	EXPECT_TRUE(signal);
	l4_ring_pop(&consumer, bytes, BYTES, &signal);
	EXPECT_TRUE(!signal);
	l4_ring_push(&producer, bytes, BYTES, &signal);
	EXPECT_TRUE(signal);
}

TEST(RING0005, "an index out of range breaks the ring for good, on both sides")
{
	struct l4_ring producer, consumer;
	uint8_t byte = 0;

	join_both(&producer, &consumer, 1);
	atomic_store(&producer.shared->tail, 5);
	EXPECT_EQ(0, l4_ring_push(&producer, &byte, 1, NULL));
	EXPECT_TRUE(producer.broken);
	atomic_store(&producer.shared->tail, 0);
	EXPECT_EQ(0, l4_ring_push(&producer, &byte, 1, NULL));
	EXPECT_EQ(0, l4_ring_room(&producer));

	join_both(&producer, &consumer, 1);
	atomic_store(&consumer.shared->head, BYTES + 1);
	EXPECT_EQ(0, l4_ring_pop(&consumer, &byte, 1, NULL));
	EXPECT_TRUE(consumer.broken);
	EXPECT_EQ(0, l4_ring_filled(&consumer));
}

TEST(RING0006, "indices wrap around at 2^32")
{
	struct l4_ring producer, consumer;
	uint8_t out[8];

	join_both(&producer, &consumer, 1);
	atomic_store(&producer.shared->head, UINT32_MAX - 2);
	atomic_store(&producer.shared->tail, UINT32_MAX - 2);
	l4_ring_rejoin_producer(&producer);
	l4_ring_rejoin_consumer(&consumer);
	EXPECT_EQ(8, l4_ring_push(&producer, "abcdefgh", 8, NULL));
	EXPECT_EQ(8, l4_ring_filled(&consumer));
	EXPECT_EQ(8, l4_ring_pop(&consumer, out, 8, NULL));
	EXPECT_TRUE(memcmp(out, "abcdefgh", 8) == 0);
}

TEST(RING0007, "shared memory that changes at random never leads outside the ring")
{
	struct {
		uint8_t before[64];
		uint8_t ring[PAGE];
		uint8_t after[64];
	} *area = aligned_alloc(64, sizeof(*area));
	struct l4_ring producer, consumer;
	struct l4_descriptor entries[200];
	const uint8_t guard[64] = {0};

	memset(area, 0, sizeof(*area));
	l4_ring_join(&producer, area->ring, PAGE, sizeof(struct l4_descriptor));
	consumer = producer;
	for (int round = 0; round < 100000; round++) {
		uint32_t count = (uint32_t)(host_random() % 200);

		atomic_store(&producer.shared->head, (uint32_t)(host_random() % 3 ? producer.index + host_random() % 200 : host_random()));
		atomic_store(&producer.shared->tail, (uint32_t)(host_random() % 3 ? producer.index - host_random() % 200 : host_random()));
		producer.broken = consumer.broken = false;
		EXPECT_TRUE(l4_ring_push(&producer, entries, count, NULL) <= 128);
		EXPECT_TRUE(l4_ring_pop(&consumer, entries, count, NULL) <= 128);
	}
	EXPECT_TRUE(memcmp(area->before, guard, 64) == 0 && memcmp(area->after, guard, 64) == 0);
	free(area);
}

TEST(RING0008, "a descriptor is valid only inside its area")
{
	const struct l4_descriptor inside = {.offset = 90, .length = 10}, beyond = {.offset = 91, .length = 10};
	const struct l4_descriptor wraps = {.offset = UINT64_MAX, .length = 2}, empty = {.offset = 100};

	EXPECT_TRUE(l4_descriptor_valid(&inside, 100));
	EXPECT_TRUE(!l4_descriptor_valid(&beyond, 100));
	EXPECT_TRUE(!l4_descriptor_valid(&wraps, 100));
	EXPECT_TRUE(l4_descriptor_valid(&empty, 100));
}

/* A notification of the build machine. */
struct flag {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool set;
};

static struct flag to_consumer = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
static struct flag to_producer = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};

static void flag_signal(struct flag *flag)
{
	pthread_mutex_lock(&flag->mutex);
	flag->set = true;
	pthread_cond_signal(&flag->changed);
	pthread_mutex_unlock(&flag->mutex);
}

static void flag_wait(struct flag *flag)
{
	pthread_mutex_lock(&flag->mutex);
	while (!flag->set)
		pthread_cond_wait(&flag->changed, &flag->mutex);
	flag->set = false;
	pthread_mutex_unlock(&flag->mutex);
}

#define STREAM 2000000

static void *produce(void *context)
{
	struct l4_ring *ring = context;
	uint8_t next = 0;

	for (uint32_t sent = 0; sent < STREAM;) {
		uint8_t piece[97];
		uint32_t size = STREAM - sent < sizeof(piece) ? STREAM - sent : (uint32_t)sizeof(piece), pushed;
		bool signal;

		for (uint32_t i = 0; i < size; i++)
			piece[i] = (uint8_t)(next + i);
		pushed = l4_ring_push(ring, piece, size, &signal);
		if (signal)
			flag_signal(&to_consumer);
		if (pushed == 0)
			flag_wait(&to_producer);
		next = (uint8_t)(next + pushed);
		sent += pushed;
	}
	return NULL;
}

TEST(RING0009, "two threads that only wait when told so lose no byte and no signal")
{
	struct l4_ring producer, consumer;
	pthread_t thread;
	uint8_t next = 0;
	uint32_t wrong = 0;

	join_both(&producer, &consumer, 1);
	EXPECT_EQ(0, pthread_create(&thread, NULL, produce, &producer));
	for (uint32_t received = 0; received < STREAM;) {
		uint8_t piece[61];
		bool signal;
		uint32_t popped = l4_ring_pop(&consumer, piece, sizeof(piece), &signal);

		if (signal)
			flag_signal(&to_producer);
		if (popped == 0)
			flag_wait(&to_consumer);
		for (uint32_t i = 0; i < popped; i++)
			wrong += piece[i] != next++;
		received += popped;
	}
	pthread_join(thread, NULL);
	EXPECT_EQ(0, wrong);
}

/* One side has died and left anything in the shared memory, which it may write all of; then its successor comes, and the other side renews. */
static void restart_producer(struct l4_ring *producer, struct l4_ring *consumer, bool renewed_first)
{
	producer->index = (uint32_t)host_random();
	if (renewed_first)
		l4_ring_renew_consumer(consumer);
	l4_ring_rejoin_producer(producer);
	if (!renewed_first)
		l4_ring_renew_consumer(consumer);
}

static void restart_consumer(struct l4_ring *producer, struct l4_ring *consumer, bool renewed_first)
{
	consumer->index = (uint32_t)host_random();
	if (renewed_first)
		l4_ring_renew_producer(producer);
	l4_ring_rejoin_consumer(consumer);
	if (!renewed_first)
		l4_ring_renew_producer(producer);
}

static void expect_passes(struct l4_ring *producer, struct l4_ring *consumer, const char *bytes, uint32_t count)
{
	char out[16] = {0};

	EXPECT_EQ(count, l4_ring_push(producer, bytes, count, NULL));
	EXPECT_EQ(count, l4_ring_pop(consumer, out, sizeof(out), NULL));
	EXPECT_TRUE(memcmp(out, bytes, count) == 0);
}

TEST(RING0010, "what is in the ring outlives a restart of either side")
{
	void (*const restart[])(struct l4_ring *, struct l4_ring *, bool) = {restart_producer, restart_consumer};
	struct l4_ring producer, consumer;
	char out[8];

	for (int round = 0; round < 4; round++) {
		join_both(&producer, &consumer, 1);
		expect_passes(&producer, &consumer, "before", 6);
		EXPECT_EQ(4, l4_ring_push(&producer, "left", 4, NULL));
		restart[round % 2](&producer, &consumer, round / 2);
		EXPECT_EQ(4, l4_ring_pop(&consumer, out, sizeof(out), NULL));
		EXPECT_TRUE(memcmp(out, "left", 4) == 0);
		expect_passes(&producer, &consumer, "after", 5);
	}
}

/* By chance a third of what is left there could be a ring's. */
static uint32_t rubbish(uint32_t index)
{
	return host_random() % 3 ? (uint32_t)host_random() : index + (uint32_t)(host_random() % BYTES);
}

TEST(RING0011, "whatever a side that died has written into the memory, its successor and the other side have a ring again")
{
	void (*const restart[])(struct l4_ring *, struct l4_ring *, bool) = {restart_producer, restart_consumer};
	static char left[BYTES];
	struct l4_ring producer, consumer;

	for (int round = 0; round < 20000; round++) {
		join_both(&producer, &consumer, 1);
		l4_ring_push(&producer, left, (uint32_t)(host_random() % BYTES), NULL);
		l4_ring_pop(&consumer, left, (uint32_t)(host_random() % BYTES), NULL);
		atomic_store(&producer.shared->head, rubbish(producer.index));
		atomic_store(&producer.shared->tail, rubbish(consumer.index));
		if (host_random() % 2) { /* the living side may have seen it */
			l4_ring_room(&producer);
			l4_ring_filled(&consumer);
		}
		restart[round % 2](&producer, &consumer, host_random() % 2);
		while (l4_ring_pop(&consumer, left, sizeof(left), NULL))
			;
		expect_passes(&producer, &consumer, "whole again", 11);
		EXPECT_TRUE(!producer.broken && !consumer.broken);
	}
}

static uint32_t pass_renewing(struct l4_ring *producer, struct l4_ring *consumer)
{
	char bytes[8];

	l4_ring_push_renewing(producer, "anew", 4, NULL);
	return l4_ring_pop_renewing(consumer, bytes, sizeof(bytes), NULL);
}

TEST(RING0012, "who renews needs no word of the other side's death: it goes on before and after the successor's start")
{
	struct l4_ring living, dead, successor;

	for (int round = 0; round < 4; round++) {
		bool produces = round % 2, meets_it = round / 2;
		struct l4_ring *producer = produces ? &living : &successor, *consumer = produces ? &successor : &living;
		join_both(produces ? &living : &dead, produces ? &dead : &living, 1);
		l4_ring_push(produces ? &living : &dead, "old", 3, NULL);
		atomic_store(produces ? &living.shared->tail : &living.shared->head, 0x12345678);
		successor = dead;
		if (meets_it)
			pass_renewing(producer, consumer);
		if (produces)
			l4_ring_rejoin_consumer(&successor);
		else
			l4_ring_rejoin_producer(&successor);
		while (pass_renewing(producer, consumer) > 4)
			;
		EXPECT_EQ(4, pass_renewing(producer, consumer));
	}
}
