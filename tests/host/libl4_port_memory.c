/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory of sampling and queuing ports, with honest and with hostile peers. */
#include <string.h>

#include "libl4_port_ends.h"

TEST(PORT0001, "the newest message is read, again and again, whole, with its time and number")
{
	struct l4_port_header header;
	char message[SIZE];

	make(SIZE, L4_PORT_SAMPLING_DEPTH, true);
	EXPECT_EQ(L4_PORT_NOTHING, l4_port_newest(&destination, message, &header));
	l4_port_put(&source, "first", 5, 70);
	l4_port_put(&source, "second", 6, 80);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(L4_PORT_FOUND, l4_port_newest(&destination, message, &header));
		EXPECT_EQ(6, header.length);
		EXPECT_EQ(2, header.number);
		EXPECT_EQ(80, header.time);
		EXPECT_TRUE(memcmp(message, "second", 6) == 0);
	}
}

TEST(PORT0002, "messages come out in order, a full queue has no room, and who may wait is told")
{
	struct l4_port_header header;
	uint8_t message[SIZE];
	bool may_wait;

	make(SIZE, DEPTH, false);
	for (uint64_t i = 1; i <= DEPTH; i++) {
		EXPECT_EQ(L4_PORT_ROOM, l4_port_room(&source));
		put_number(i);
		EXPECT_EQ(i == 1, l4_port_destination_may_wait(&source));
	}
	EXPECT_EQ(L4_PORT_NO_ROOM, l4_port_room(&source));
	EXPECT_EQ(DEPTH, l4_port_waiting(&source, true));
	EXPECT_EQ(DEPTH, l4_port_waiting(&destination, false));
	EXPECT_EQ(L4_PORT_FOUND, l4_port_take(&destination, message, &header, &may_wait));
	EXPECT_TRUE(may_wait);
	EXPECT_EQ(L4_PORT_FOUND, l4_port_take(&destination, message, &header, &may_wait));
	EXPECT_TRUE(!may_wait);
	for (uint64_t i = 3; i <= DEPTH; i++)
		expect_taken(i);
	expect_nothing();
	for (uint64_t i = 0; i < 10000; i++) {
		put_number(i);
		expect_taken(i);
	}
	EXPECT_EQ(0, atomic_load(&destination.destination->lost));
}

TEST(PORT0003, "a source that overwrites gives up the oldest messages, and the destination counts them")
{
	make(SIZE, DEPTH, true);
	for (uint64_t i = 1; i <= DEPTH + 7; i++)
		put_number(i);
	for (uint64_t i = 8; i <= DEPTH + 7; i++)
		expect_taken(i);
	expect_nothing();
	EXPECT_EQ(7, atomic_load(&destination.destination->lost));
}

TEST(PORT0004, "a source that dies in the middle of a message costs that message alone")
{
	struct l4_port_header header;
	uint8_t message[SIZE];

	for (int round = 0; round < 20; round++) {
		make(SIZE, DEPTH, round % 2);
		for (int i = 0; i < round / 2; i++) {
			put_number(i);
			expect_taken(i);
		}
		put_number(100);
		uint8_t alive[sizeof(area.source)];
		memcpy(alive, area.source, sizeof(alive));
		put_number(200); /* of it only the slot is left */
		uint64_t written = source.number - 1;
		memcpy(area.source, &written, sizeof(written));
		source.number = 12345;
		l4_port_rejoin_source(&source, round % 2);
		EXPECT_EQ(L4_PORT_FOUND, l4_port_newest(&destination, message, &header));
		EXPECT_EQ(written, header.number);
		put_number(300);
		expect_taken(100);
		expect_taken(300);
		expect_nothing();
	}
}

TEST(PORT0005, "what is in a queue outlives a restart of either end")
{
	for (int round = 0; round < 4; round++) {
		bool overwrites = round / 2;

		make(SIZE, DEPTH, overwrites);
		for (uint64_t i = 1; i <= 4; i++)
			put_number(i);
		expect_taken(1);
		(round % 2 ? &source : &destination)->number = 999;
		l4_port_rejoin_source(&source, overwrites);
		l4_port_rejoin_destination(&destination, overwrites);
		put_number(5);
		for (uint64_t i = 2; i <= 5; i++)
			expect_taken(i);
		expect_nothing();
	}
}

/* By chance a third of what is left could be a port's. */
static uint64_t rubbish(uint64_t number)
{
	return host_random() % 3 ? host_random() >> host_random() % 64 : number + host_random() % DEPTH;
}

static void scribble(void *at, size_t size)
{
	for (size_t i = 0; i < size; i++)
		((uint8_t *)at)[i] = (uint8_t)host_random();
}

/* What is in it may be lost, but soon all goes in and comes out again. */
static void expect_whole_again(void)
{
	struct l4_port_header header;
	uint8_t message[SIZE];
	bool may_wait;

	for (int i = 0; i < 2 * DEPTH; i++)
		l4_port_take(&destination, message, &header, &may_wait);
	for (uint64_t i = 1; i <= 100; i++) {
		put_number(i);
		expect_taken(i);
	}
	expect_nothing();
}

TEST(PORT0006, "whatever an end that died has written into its area, its successor and the other end have a port again")
{
	for (int round = 0; round < 20000; round++) {
		bool overwrites = round % 2, is_source = round / 2 % 2;

		make(SIZE, DEPTH, overwrites);
		for (uint64_t i = host_random() % 4; i > 0; i--)
			put_number(i);
		if (is_source) {
			scribble(area.source, sizeof(area.source));
			atomic_store(&source.source->written, rubbish(source.number));
		} else {
			scribble(area.destination, sizeof(area.destination));
			atomic_store(&destination.destination->received, rubbish(destination.number));
		}
		if (host_random() % 2) { /* the living end may have seen it */
			uint64_t number;

			take_number(&number);
			if (!overwrites)
				l4_port_room(&source);
		}
		(is_source ? &source : &destination)->number = host_random();
		if (is_source)
			l4_port_rejoin_source(&source, overwrites);
		else
			l4_port_rejoin_destination(&destination, overwrites);
		expect_whole_again();
	}
}

static void expect_guards(void)
{
	static const uint8_t guard[GUARD];

	EXPECT_TRUE(!memcmp(area.before, guard, GUARD) && !memcmp(area.between, guard, GUARD) && !memcmp(area.after, guard, GUARD));
}

TEST(PORT0007, "a hostile source leads a destination neither outside nor on and on, and gives it no message that is too long")
{
	struct l4_port_header header;
	uint8_t message[SIZE + GUARD];
	bool may_wait;

	make(SIZE, DEPTH, false);
	for (int round = 0; round < 100000; round++) {
		if (round % 16 == 0)
			scribble(area.source, sizeof(area.source));
		atomic_store(&source.source->written, rubbish(destination.number));
		for (unsigned int i = 0; i <= DEPTH; i++) {
			struct l4_port_slot *slot = (void *)(area.source + sizeof(struct l4_port_source) + i * l4_port_slot_bytes(SIZE));

			atomic_store(&slot->number, destination.number + host_random() % 8);
			atomic_store(&slot->length, host_random() % 4 ? host_random() % (SIZE + 2) : host_random());
		}
		memset(message, 0xa5, sizeof(message));
		enum l4_port_found found = round % 2 ? l4_port_newest(&destination, message, &header) : l4_port_take(&destination, message, &header, &may_wait);
		EXPECT_TRUE(found != L4_PORT_FOUND || (header.length > 0 && header.length <= SIZE));
		for (int i = 0; i < GUARD; i++)
			EXPECT_EQ(0xa5, message[SIZE + i]);
		EXPECT_TRUE(l4_port_waiting(&destination, false) <= DEPTH);
	}
	expect_guards();
}

TEST(PORT0008, "a hostile destination leads a source nowhere, and costs it nothing but room in its own port")
{
	make(SIZE, DEPTH, false);
	for (int round = 0; round < 100000; round++) {
		scribble(area.destination, sizeof(area.destination));
		if (host_random() % 2)
			atomic_store(&source.destination->received, rubbish(source.number - host_random() % DEPTH));
		if (l4_port_room(&source) == L4_PORT_ROOM)
			put_number(round);
		l4_port_destination_may_wait(&source);
		EXPECT_TRUE(l4_port_waiting(&source, true) <= DEPTH);
	}
	expect_guards();
}

TEST(PORT0009, "a source that does not keep up its end of the bargain is found out in a bounded number of looks")
{
	struct l4_port_header header;
	uint8_t message[SIZE];

	make(SIZE, L4_PORT_SAMPLING_DEPTH, true);
	put_number(1);
	atomic_store(&source.source->written, 5);
	EXPECT_EQ(L4_PORT_UNFIT, l4_port_newest(&destination, message, &header));
	put_number(2);
	EXPECT_EQ(L4_PORT_FOUND, l4_port_newest(&destination, message, &header));
}

TEST(PORT0014, "messages that nobody can have sent are not counted as lost")
{
	make(SIZE, DEPTH, true);
	atomic_store(&source.source->written, 1UL << 40);
	uint64_t number;
	EXPECT_EQ(L4_PORT_UNFIT, take_number(&number));
	EXPECT_TRUE(atomic_load(&destination.destination->lost) <= 1 + 8);
	atomic_store(&source.source->written, destination.number - 3); /* it goes back */
	take_number(&number);
	EXPECT_TRUE(atomic_load(&destination.destination->lost) <= 2 * (1 + 8));
}
