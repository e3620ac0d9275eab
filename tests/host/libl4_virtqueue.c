/* SPDX-License-Identifier: BSD-2-Clause */
#include <host_test.h>

#include <string.h>

#include "virtqueue_driver.h"

#define MEMORY_BASE 0x1000UL
#define MEMORY_SIZE 0x4000
#define DESCRIPTORS MEMORY_BASE
#define AVAILABLE (MEMORY_BASE + 0x1000)
#define USED (MEMORY_BASE + 0x1800)
#define DATA (MEMORY_BASE + 0x2000)
#define SIZE 8
enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };

static struct {
	_Alignas(4096) uint8_t memory[MEMORY_SIZE];
	struct l4_virtqueue queue;
	struct l4_virtqueue_chain chain;
} t;

struct driver_memory driver_memory = {t.memory, MEMORY_BASE, MEMORY_SIZE};

static bool start(uint16_t size, uint64_t descriptors, uint64_t available, uint64_t used)
{
	struct l4_virtqueue_place place = {size, descriptors, available, used};

	return l4_virtqueue_start(&t.queue, &place, driver_memory_for_device, &driver_memory);
}

static void begin(void)
{
	memset(t.memory, 0, sizeof(t.memory));
	EXPECT_TRUE(start(SIZE, DESCRIPTORS, AVAILABLE, USED));
}

static void describe(unsigned int index, uint64_t address, uint32_t length, uint16_t flags, uint16_t next)
{
	put_descriptor(DESCRIPTORS, index, address, length, flags, next);
}

static void offer(uint16_t head)
{
	put_available(AVAILABLE, SIZE, head);
}

static enum l4_virtqueue_taken take(void)
{
	return l4_virtqueue_take(&t.queue, &t.chain);
}

/* The offered chain breaks the queue, which then stays so, whatever the driver repairs. */
static void expect_broken(uint16_t head)
{
	offer(head);
	EXPECT_EQ(L4_VIRTQUEUE_BROKEN, take());
	describe(0, DATA, 1, 0, 0);
	EXPECT_EQ(L4_VIRTQUEUE_BROKEN, take());
	EXPECT_EQ(0, get(USED + 2, 2));
}

TEST(LVQ0101, "a chain is taken as its pieces, given back with what was written, and announced once")
{
	begin();
	EXPECT_EQ(L4_VIRTQUEUE_EMPTY, take());
	describe(3, DATA, 10, NEXT, 1);
	describe(1, DATA + 100, 20, NEXT | WRITE, 6);
	describe(6, DATA + 200, 0, WRITE, 77);
	offer(3);
	EXPECT_EQ(L4_VIRTQUEUE_TAKEN, take());
	EXPECT_EQ(3, t.chain.head);
	EXPECT_EQ(1, t.chain.readable);
	EXPECT_EQ(3, t.chain.pieces);
	EXPECT_EQ(driver_at(DATA + 100), t.chain.piece[1].data);
	EXPECT_EQ(20, t.chain.piece[1].length);
	EXPECT_EQ(L4_VIRTQUEUE_EMPTY, take());
	EXPECT_TRUE(!l4_virtqueue_announce(&t.queue));
	l4_virtqueue_give_back(&t.queue, 3, 17);
	EXPECT_EQ(1, get(USED + 2, 2));
	EXPECT_EQ(3, get(USED + 4, 4));
	EXPECT_EQ(17, get(USED + 8, 4));
	EXPECT_TRUE(l4_virtqueue_announce(&t.queue));
	EXPECT_TRUE(!l4_virtqueue_announce(&t.queue));
}

TEST(LVQ0102, "a driver that wants no interrupt gets none")
{
	begin();
	describe(0, DATA, 1, 0, 0);
	offer(0);
	put(AVAILABLE, 2, 1);
	EXPECT_EQ(L4_VIRTQUEUE_TAKEN, take());
	l4_virtqueue_give_back(&t.queue, 0, 0);
	EXPECT_TRUE(!l4_virtqueue_announce(&t.queue));
}

TEST(LVQ0103, "the indices wrap, and every chain comes once and in order")
{
	begin();
	for (unsigned int i = 0; i < SIZE; i++)
		describe(i, DATA + i, 1, 0, 0);
	for (unsigned int i = 0; i < 70000; i++) {
		offer(i % SIZE);
		EXPECT_EQ(L4_VIRTQUEUE_TAKEN, take());
		EXPECT_EQ(i % SIZE, t.chain.head);
		l4_virtqueue_give_back(&t.queue, t.chain.head, i);
		EXPECT_EQ((i + 1) & 0xffff, get(USED + 2, 2));
		EXPECT_EQ(i, get(USED + 8 + 8 * (i % SIZE), 4));
	}
}

TEST(LVQ0201, "no size but a power of two that is small enough, no part that is not aligned or not in memory")
{
	static const uint16_t sizes[] = {0, 3, 12, 2 * L4_VIRTQUEUE_SIZE_MAX, 0x8000, 0xffff};
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		EXPECT_TRUE(!start(sizes[i], DESCRIPTORS, AVAILABLE, USED));
	EXPECT_TRUE(!start(SIZE, DESCRIPTORS + 8, AVAILABLE, USED));
	EXPECT_TRUE(!start(SIZE, DESCRIPTORS, AVAILABLE + 1, USED));
	EXPECT_TRUE(!start(SIZE, DESCRIPTORS, AVAILABLE, USED + 2));
	EXPECT_TRUE(!start(SIZE, MEMORY_BASE + MEMORY_SIZE - 16 * (SIZE - 1), AVAILABLE, USED));
	EXPECT_TRUE(!start(SIZE, DESCRIPTORS, MEMORY_BASE + MEMORY_SIZE - 2 * SIZE - 2, USED));
	EXPECT_TRUE(!start(SIZE, DESCRIPTORS, AVAILABLE, MEMORY_BASE + MEMORY_SIZE - 8 * SIZE));
	EXPECT_TRUE(!start(SIZE, 0xfffffffffffffff0, AVAILABLE, USED));
	EXPECT_EQ(L4_VIRTQUEUE_BROKEN, take());
	EXPECT_TRUE(start(1, MEMORY_BASE + MEMORY_SIZE - 16, AVAILABLE, USED));
	EXPECT_TRUE(start(L4_VIRTQUEUE_SIZE_MAX, DESCRIPTORS, AVAILABLE, USED));
	l4_virtqueue_reset(&t.queue);
	EXPECT_EQ(L4_VIRTQUEUE_EMPTY, take());
}

TEST(LVQ0202, "a head or a next beyond the queue breaks it")
{
	begin();
	expect_broken(SIZE);
	begin();
	describe(0, DATA, 1, NEXT, 0xffff);
	expect_broken(0);
}

TEST(LVQ0203, "a loop breaks the queue")
{
	begin();
	describe(0, DATA, 1, NEXT, 0);
	expect_broken(0);
	begin();
	for (unsigned int i = 0; i < SIZE; i++)
		describe(i, DATA, 1, NEXT, (i + 1) % SIZE);
	expect_broken(2);
}

TEST(LVQ0204, "a chain of all descriptors is no loop")
{
	begin();
	for (unsigned int i = 0; i < SIZE; i++)
		describe(i, DATA, 1, i < SIZE - 1 ? NEXT : 0, i + 1);
	offer(0);
	EXPECT_EQ(L4_VIRTQUEUE_TAKEN, take());
	EXPECT_EQ(SIZE, t.chain.pieces);
}

TEST(LVQ0205, "pieces that are not memory, of any length, break the queue")
{
	static const struct {
		uint64_t address;
		uint32_t length;
	} bad[] = {{0, 1}, {DATA, 0xffffffff}, {MEMORY_BASE + MEMORY_SIZE, 1}, {MEMORY_BASE + MEMORY_SIZE - 1, 2}, {0xffffffffffffffff, 2}, {MEMORY_BASE - 1, 0}};
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin();
		describe(0, bad[i].address, bad[i].length, 0, 0);
		expect_broken(0);
	}
}

TEST(LVQ0206, "a piece to read behind one to write, and an indirect one, break the queue")
{
	begin();
	describe(0, DATA, 1, WRITE | NEXT, 1);
	describe(1, DATA, 1, 0, 0);
	expect_broken(0);
	begin();
	describe(0, DATA, 16, INDIRECT, 0);
	expect_broken(0);
}

TEST(LVQ0207, "an index that moves further than the queue's size breaks it")
{
	begin();
	describe(0, DATA, 1, 0, 0);
	put(AVAILABLE + 2, 2, SIZE);
	EXPECT_EQ(L4_VIRTQUEUE_TAKEN, take());
	begin();
	describe(0, DATA, 1, 0, 0);
	put(AVAILABLE + 2, 2, SIZE + 1);
	EXPECT_EQ(L4_VIRTQUEUE_BROKEN, take());
	begin();
	put(AVAILABLE + 2, 2, 0xffff);
	EXPECT_EQ(L4_VIRTQUEUE_BROKEN, take());
}

/* Every piece is in the memory, the chain is not longer than the queue, and writable pieces come last, as far as can be seen afterwards. */
static void check_chain(void)
{
	EXPECT_TRUE(t.chain.pieces >= 1 && t.chain.pieces <= t.queue.size && t.chain.readable <= t.chain.pieces && t.chain.head < t.queue.size);
	for (unsigned int i = 0; i < t.chain.pieces; i++) {
		const struct l4_virtqueue_piece *piece = &t.chain.piece[i];
		EXPECT_TRUE(piece->data >= t.memory && piece->length <= MEMORY_SIZE && piece->data + piece->length <= t.memory + MEMORY_SIZE);
	}
}

/* One change of the shared memory: near what the device looks at more often than elsewhere, and with likely values. */
static void disturb(uint64_t r)
{
	switch (r & 7) {
	case 0: put(AVAILABLE + (r >> 8) % (4 + 2 * SIZE), 1, r >> 16); break;
	case 1: put(DESCRIPTORS + (r >> 8) % (16 * SIZE), 1, r >> 16); break;
	case 2: put(MEMORY_BASE + (r >> 8) % MEMORY_SIZE, 1, r >> 32); break;
	case 3: put(AVAILABLE + 2, 2, t.queue.available_next + (r >> 8) % (SIZE + 1)); break;
	default: describe(r >> 8 & 7, DATA + (r >> 16 & 0xfff), r >> 32 & 0xfff, (r >> 48 & 3) | (r >> 50 & 63 ? 0 : INDIRECT), r >> 56 & 7); break;
	}
}

TEST(LVQ0301, "no driver makes the device leave the memory that it was given")
{
	unsigned int taken = 0, broken = 0;

	begin();
	for (unsigned int i = 0; i < 500000; i++) {
		disturb(host_random());
		switch (take()) {
		case L4_VIRTQUEUE_TAKEN:
			taken++;
			check_chain();
			l4_virtqueue_give_back(&t.queue, t.chain.head, host_random());
			l4_virtqueue_announce(&t.queue);
			break;
		case L4_VIRTQUEUE_BROKEN:
			broken++;
			begin();
			break;
		default: break;
		}
	}
	EXPECT_TRUE(taken > 10000 && broken > 1000);
}
