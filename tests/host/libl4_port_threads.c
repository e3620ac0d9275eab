/* SPDX-License-Identifier: BSD-2-Clause */
/* Both ends of a port at once. */
#include <pthread.h>
#include <sched.h>

#include "libl4_port_ends.h"

#define ROUNDS 200000

static atomic_bool done;

static void *write_values(void *context)
{
	uint64_t value[2];

	(void)context;
	for (uint64_t i = 1; i <= ROUNDS; i++) {
		value[0] = i;
		value[1] = ~i;
		l4_port_put(&source, value, sizeof(value), i);
	}
	atomic_store(&done, true);
	return NULL;
}

TEST(PORT0010, "while a source writes all the time, no value is torn and none is older than one read before")
{
	struct l4_port_header header;
	uint64_t value[3] = {0}, last = 0, found = 0;
	pthread_t thread;

	make(SIZE, L4_PORT_SAMPLING_DEPTH, true);
	atomic_store(&done, false);
	EXPECT_EQ(0, pthread_create(&thread, NULL, write_values, NULL));
	bool is_last;
	do {
		is_last = atomic_load(&done);
		if (l4_port_newest(&destination, value, &header) != L4_PORT_FOUND)
			continue;
		found++;
		EXPECT_EQ(~value[0], value[1]);
		EXPECT_EQ(value[0], header.time);
		EXPECT_TRUE(value[0] >= last);
		last = value[0];
	} while (!is_last);
	pthread_join(thread, NULL);
	EXPECT_EQ(ROUNDS, last);
	EXPECT_TRUE(found > 0);
}

static void receive_all(bool overwrites)
{
	struct l4_port_header header;
	uint64_t value[3] = {0}, last = 0, got = 0;
	pthread_t thread;
	bool may_wait;

	make(SIZE, DEPTH, overwrites);
	atomic_store(&done, false);
	EXPECT_EQ(0, pthread_create(&thread, NULL, write_values, NULL));
	while (last < ROUNDS) {
		if (l4_port_take(&destination, value, &header, &may_wait) != L4_PORT_FOUND)
			continue;
		EXPECT_EQ(~value[0], value[1]);
		EXPECT_TRUE(value[0] > last);
		last = value[0];
		got++;
	}
	pthread_join(thread, NULL);
	EXPECT_EQ(ROUNDS, got + atomic_load(&destination.destination->lost));
}

TEST(PORT0011, "a destination that is overtaken gets whole messages in order, and each other one is counted as lost")
{
	receive_all(true);
}

static void *send_values(void *context)
{
	uint64_t value[2];

	(void)context;
	for (uint64_t i = 1; i <= ROUNDS; i++) {
		while (l4_port_room(&source) != L4_PORT_ROOM)
			sched_yield();
		value[0] = i;
		value[1] = ~i;
		l4_port_put(&source, value, sizeof(value), i);
	}
	return NULL;
}

TEST(PORT0012, "where the source waits for room, every message arrives")
{
	struct l4_port_header header;
	uint64_t value[3] = {0}, next = 1;
	pthread_t thread;
	bool may_wait;

	make(SIZE, DEPTH, false);
	EXPECT_EQ(0, pthread_create(&thread, NULL, send_values, NULL));
	while (next <= ROUNDS) {
		if (l4_port_take(&destination, value, &header, &may_wait) != L4_PORT_FOUND) {
			sched_yield();
			continue;
		}
		EXPECT_EQ(next, value[0]);
		EXPECT_EQ(~next, value[1]);
		next++;
	}
	pthread_join(thread, NULL);
	EXPECT_EQ(0, atomic_load(&destination.destination->lost));
}
