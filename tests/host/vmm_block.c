/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio block device, by a driver as the standard wants it, and by others. The transport is the test itself. */
#include <block_memory.h>
#include <copy.h>
#include <host_test.h>
#include <virtio_block.h>

#include <stdlib.h>
#include <string.h>

#include "virtqueue_driver.h"
#include "vmm_stubs.h"

#define SECTOR BLOCK_SECTOR
#define SECTORS 64U
#define DISK_SIZE (SECTORS * SECTOR)
#define QUEUE_SIZE L4_VIRTQUEUE_SIZE_MAX

/* The driver's memory: the queue's three parts, then what requests are made of, then data. */
#define MEMORY_BASE 0x80000000UL
#define MEMORY_SIZE 0x20000UL
#define DESCRIPTORS MEMORY_BASE
#define AVAILABLE (MEMORY_BASE + 0x1000)
#define USED (MEMORY_BASE + 0x2000)
#define HEADER (MEMORY_BASE + 0x3000)
#define STATUS (MEMORY_BASE + 0x3100)
#define DATA (MEMORY_BASE + 0x4000)
#define DATA_SIZE (MEMORY_BASE + MEMORY_SIZE - DATA)
enum { CHAINED = 1, WRITABLE = 2 };
enum { READ = 0, WRITE = 1, FLUSH = 4, NAME = 8 };
enum { OK = 0, FAILED = 1, UNSUPPORTED = 2, UNTOUCHED = 0xff };
enum { F_SEGMENTS_MAX = 4, F_READ_ONLY = 32, F_BLOCK_SIZE = 64, F_FLUSH = 512 };

static struct {
	uint8_t *disk; /* of its exact size, as the memory is, so that the sanitizer sees each byte beside them */
	struct block_memory backing;
	struct virtio_block block;
	unsigned int put_off, fail; /* so many calls of the backing end so */
	unsigned int calls, flushes;
	unsigned int interrupts, breaks;
	uint16_t used_seen;
	unsigned int descriptors; /* of the chain that is being made */
} t;

struct driver_memory driver_memory = {.base = MEMORY_BASE, .size = MEMORY_SIZE};

static void interrupt(void *context, enum virtio_cause cause, unsigned int queue)
{
	EXPECT_EQ(&t, context);
	EXPECT_EQ(0, queue);
	*(cause == VIRTIO_CAUSE_QUEUE ? &t.interrupts : &t.breaks) += 1;
}

/* --- A backing that may put off or fail, and never gets sectors that there are not --- */

static bool is_held_up(enum block_result *result)
{
	t.calls++;
	if (t.put_off) {
		t.put_off--;
		*result = BLOCK_LATER;
	} else if (t.fail) {
		t.fail--;
		*result = BLOCK_FAILED;
	} else {
		return false;
	}
	return true;
}

static void expect_in_range(const struct block_backing *backing, uint64_t sector, uint32_t count)
{
	EXPECT_TRUE(count > 0 && sector < backing->sectors && count <= backing->sectors - sector);
}

static enum block_result read(struct block_backing *backing, uint64_t sector, uint8_t *data, uint32_t count)
{
	enum block_result result;
	expect_in_range(backing, sector, count);
	if (is_held_up(&result))
		return result;
	memcpy(data, t.disk + sector * SECTOR, count * SECTOR);
	return BLOCK_DONE;
}

static enum block_result write(struct block_backing *backing, uint64_t sector, const uint8_t *data, uint32_t count)
{
	enum block_result result;
	EXPECT_TRUE(!backing->read_only);
	expect_in_range(backing, sector, count);
	if (is_held_up(&result))
		return result;
	memcpy(t.disk + sector * SECTOR, data, count * SECTOR);
	return BLOCK_DONE;
}

static enum block_result flush(struct block_backing *backing)
{
	enum block_result result;
	(void)backing;
	t.flushes++;
	return is_held_up(&result) ? result : BLOCK_DONE;
}

/* --- A driver --- */

static void driver_start(void)
{
	struct virtio_device *device = &t.block.device;
	memset(driver_memory.bytes, 0, DATA - MEMORY_BASE);
	t.used_seen = 0;
	virtio_write_status(device, 0);
	virtio_write_status(device, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
	virtio_write_features(device, 1, 1);
	virtio_write_status(device, VIRTIO_FEATURES_OK);
	*virtio_queue_place(device, 0) = (struct l4_virtqueue_place){QUEUE_SIZE, DESCRIPTORS, AVAILABLE, USED};
	virtio_enable_queue(device, 0);
	virtio_write_status(device, VIRTIO_DRIVER_OK);
	EXPECT_TRUE(virtio_ready(device));
}

static void make_disk(size_t size, bool read_only)
{
	static const struct virtio_transport transport = {interrupt};
	stubs_reset();
	free(driver_memory.bytes);
	free(t.disk);
	memset(&t, 0, sizeof(t));
	driver_memory.bytes = calloc(1, MEMORY_SIZE);
	t.disk = malloc(size);
	for (size_t i = 0; i < size; i++)
		t.disk[i] = i / SECTOR * 7 + i;
	t.block.device.transport = &transport;
	t.block.device.transport_context = &t;
	block_memory_init(&t.backing, t.disk, read_only ? NULL : t.disk, size);
	virtio_block_init(&t.block, &t.backing.backing, driver_memory_for_device, &driver_memory);
	driver_start();
}

/* The same, with the backing of this file. */
static void make_slow_disk(void)
{
	make_disk(DISK_SIZE, false);
	t.backing.backing.read = read;
	t.backing.backing.write = write;
	t.backing.backing.flush = flush;
}

static void describe(unsigned int index, uint64_t address, uint32_t length, uint16_t flags, uint16_t next)
{
	put_descriptor(DESCRIPTORS, index, address, length, flags, next);
}

/* One more piece of the chain that is being made. */
static void add(uint64_t address, uint32_t length, uint16_t flags)
{
	unsigned int index = t.descriptors++;
	describe(index, address, length, flags | CHAINED, index + 1);
}

static void offer(uint16_t head)
{
	put_available(AVAILABLE, QUEUE_SIZE, head);
	virtio_notify(&t.block.device, 0);
}

/* Ends the chain that is being made, which begins with the first descriptor, and offers it. */
static void submit(void)
{
	unsigned int last = t.descriptors - 1;
	put(DESCRIPTORS + 16 * last + 12, 2, get(DESCRIPTORS + 16 * last + 12, 2) & ~(uint64_t)CHAINED);
	t.descriptors = 0;
	offer(0);
}

static bool returned(uint32_t *length)
{
	uint32_t head = 0;
	bool found = get_used(USED, QUEUE_SIZE, &t.used_seen, &head, length);
	EXPECT_EQ(0, head);
	return found;
}

static void put_header(uint32_t type, uint64_t sector)
{
	put(HEADER, 4, type);
	put(HEADER + 8, 8, sector);
	put(STATUS, 1, UNTOUCHED);
}

/* A request as stock drivers make it. */
static void ask(uint32_t type, uint64_t sector, uint32_t length)
{
	put_header(type, sector);
	add(HEADER, 16, 0);
	if (length)
		add(DATA, length, type == WRITE ? 0 : WRITABLE);
	add(STATUS, 1, WRITABLE);
	submit();
}

/* How the request that was asked for ended. */
static unsigned int ended(uint32_t written)
{
	uint32_t length;
	EXPECT_TRUE(returned(&length));
	EXPECT_EQ(written + 1, length);
	return get(STATUS, 1);
}

static void fill(uint32_t length)
{
	for (uint32_t i = 0; i < length; i++)
		*driver_at(DATA + i) = host_random();
}

static uint64_t config(unsigned int offset, unsigned int width)
{
	return virtio_config_read(&t.block.device, offset, width);
}

/* --- Copies --- */

TEST(VBL0001, "a copy has all its bytes and no others, wherever it begins and ends")
{
	enum { SIZE = 300, MOST = 200 };
	static uint8_t from[SIZE], to[SIZE];
	for (unsigned int i = 0; i < SIZE; i++)
		from[i] = i * 37 + 1;
	for (unsigned int i = 0; i < 20000; i++) {
		unsigned int source = host_random() % 64, target = host_random() % 64, size = host_random() % MOST;
		memset(to, 0, SIZE);
		copy_much(to + target, from + source, size);
		EXPECT_EQ(0, memcmp(to + target, from + source, size));
		for (unsigned int at = 0; at < SIZE; at++)
			EXPECT_TRUE((at >= target && at < target + size) || to[at] == 0);
	}
}

/* --- Requests --- */

TEST(VBL0101, "the device tells its size, the pieces that a request may have, and whether it can be written")
{
	make_disk(DISK_SIZE, false);
	EXPECT_EQ(SECTORS, config(0, 4));
	EXPECT_EQ(0, config(4, 4));
	EXPECT_EQ(QUEUE_SIZE - 2, config(12, 4));
	EXPECT_EQ(SECTOR, config(20, 4));
	EXPECT_EQ(0, config(24, 4));
	EXPECT_EQ(VIRTIO_F_VERSION_1 | F_SEGMENTS_MAX | F_BLOCK_SIZE | F_FLUSH, virtio_features(&t.block.device));
	make_disk(DISK_SIZE, true);
	EXPECT_EQ(VIRTIO_F_VERSION_1 | F_SEGMENTS_MAX | F_BLOCK_SIZE | F_FLUSH | F_READ_ONLY, virtio_features(&t.block.device));
	virtio_config_write(&t.block.device, 0, 4, 1);
	EXPECT_EQ(SECTORS, config(0, 4));
}

TEST(VBL0102, "what is read is the disk's, and what is written is read again")
{
	make_disk(DISK_SIZE, false);
	ask(READ, 3, 2 * SECTOR);
	EXPECT_EQ(OK, ended(2 * SECTOR));
	EXPECT_EQ(1, t.interrupts);
	EXPECT_EQ(0, memcmp(driver_at(DATA), t.disk + 3 * SECTOR, 2 * SECTOR));
	fill(SECTOR);
	ask(WRITE, 4, SECTOR);
	EXPECT_EQ(OK, ended(0));
	EXPECT_EQ(0, memcmp(driver_at(DATA), t.disk + 4 * SECTOR, SECTOR));
	EXPECT_EQ((uint8_t)(5 * 7), t.disk[5 * SECTOR]);
	ask(READ, 0, 0);
	EXPECT_EQ(OK, ended(0));
	ask(WRITE, SECTORS, 0);
	EXPECT_EQ(OK, ended(0));
}

TEST(VBL0103, "sectors that there are not, and parts of sectors, are errors, and nothing is moved")
{
	static const struct {
		uint64_t sector;
		uint32_t length;
	} bad[] = {
		{SECTORS, SECTOR}, {SECTORS - 1, 2 * SECTOR}, {UINT64_MAX, SECTOR}, {UINT64_MAX, 2 * SECTOR}, {UINT64_MAX / SECTOR + 1, SECTOR}, {SECTORS + 1, 0}, {0, 1}, {0, SECTOR - 1},
		{0, SECTOR + 1}, {1UL << 55, SECTOR}, {0, DISK_SIZE + SECTOR},
	};
	make_disk(DISK_SIZE, false);
	uint8_t *before = malloc(DISK_SIZE);
	memcpy(before, t.disk, DISK_SIZE);
	for (unsigned int i = 0; i < 2 * sizeof(bad) / sizeof(bad[0]); i++) {
		fill(SECTOR);
		uint64_t data = get(DATA, 8);
		ask(i % 2 ? WRITE : READ, bad[i / 2].sector, bad[i / 2].length);
		EXPECT_EQ(FAILED, ended(0));
		EXPECT_EQ(data, get(DATA, 8));
	}
	EXPECT_EQ(0, memcmp(before, t.disk, DISK_SIZE));
	free(before);
	ask(READ, SECTORS - 1, SECTOR);
	EXPECT_EQ(OK, ended(SECTOR));
	EXPECT_EQ(0, memcmp(driver_at(DATA), t.disk + DISK_SIZE - SECTOR, SECTOR));
}

TEST(VBL0104, "a disk that is read-only is not written")
{
	make_disk(DISK_SIZE, true);
	uint8_t before = t.disk[0];
	memset(driver_at(DATA), ~before, SECTOR);
	ask(WRITE, 0, SECTOR);
	EXPECT_EQ(FAILED, ended(0));
	EXPECT_EQ(before, t.disk[0]);
	ask(WRITE, 0, 0);
	EXPECT_EQ(FAILED, ended(0));
	ask(READ, 0, SECTOR);
	EXPECT_EQ(OK, ended(SECTOR));
	ask(FLUSH, 0, 0);
	EXPECT_EQ(OK, ended(0));
}

TEST(VBL0105, "a flush reaches the backing; the name has 20 bytes; other requests are not supported")
{
	make_slow_disk();
	ask(FLUSH, 0, 0);
	EXPECT_EQ(OK, ended(0));
	EXPECT_EQ(1, t.flushes);
	memset(driver_at(DATA), 'x', 64);
	ask(NAME, 0, 64);
	EXPECT_EQ(OK, ended(20));
	EXPECT_STRING("bulkhead", (char *)driver_at(DATA));
	EXPECT_EQ('x', *driver_at(DATA + 20));
	memset(driver_at(DATA), 'x', 64);
	ask(NAME, 0, 4);
	EXPECT_EQ(OK, ended(4));
	EXPECT_EQ(0, memcmp(driver_at(DATA), "bulkx", 5));
	ask(NAME, 0, 0);
	EXPECT_EQ(OK, ended(0));
	static const uint32_t unknown[] = {2, 3, 5, 6, 7, 9, 11, 13, 14, 0x80000000, 0xffffffff};
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		ask(unknown[i], 0, SECTOR);
		EXPECT_EQ(UNSUPPORTED, ended(0));
	}
	EXPECT_EQ(1, t.calls);
}

TEST(VBL0106, "a request may be cut into pieces in any way")
{
	make_disk(DISK_SIZE, false);
	put_header(READ, 5);
	for (unsigned int i = 0; i < 16; i++)
		add(HEADER + i, 1, 0);
	add(MEMORY_BASE, 0, 0);
	add(DATA, 3, WRITABLE);
	add(DATA, 0, WRITABLE);
	add(DATA + 3, SECTOR, WRITABLE);
	add(DATA + 3 + SECTOR, SECTOR - 2, WRITABLE); /* its last byte is the status */
	add(DATA, 0, WRITABLE);
	submit();
	uint32_t length;
	EXPECT_TRUE(returned(&length) && length == 2 * SECTOR + 1);
	EXPECT_EQ(OK, *driver_at(DATA + 2 * SECTOR));
	EXPECT_EQ(0, memcmp(driver_at(DATA), t.disk + 5 * SECTOR, 2 * SECTOR));
	/* The header and the data in one piece. */
	put_header(WRITE, 6);
	memcpy(driver_at(DATA), driver_at(HEADER), 16);
	memset(driver_at(DATA + 16), 0x5a, 2 * SECTOR);
	add(DATA, 16 + 2 * SECTOR, 0);
	add(STATUS, 1, WRITABLE);
	submit();
	EXPECT_EQ(OK, ended(0));
	EXPECT_EQ(0, memcmp(driver_at(DATA + 16), t.disk + 6 * SECTOR, 2 * SECTOR));
	EXPECT_EQ((uint8_t)(8 * 7), t.disk[8 * SECTOR]);
}

/* --- More than one call --- */

TEST(VBL0201, "one call does a bounded amount of work; a terminal event goes on with the rest, or nobody waits for it")
{
	enum { BYTES = 5 << 20, PIECE = 0x10000 };
	make_disk(BYTES, false);
	fill(PIECE);
	put_header(WRITE, 0);
	add(HEADER, 16, 0);
	for (unsigned int i = 0; i < BYTES / PIECE; i++)
		add(DATA, PIECE, 0);
	add(STATUS, 1, WRITABLE);
	submit();
	EXPECT_EQ(UNTOUCHED, get(STATUS, 1));
	EXPECT_EQ(1, stubs.calls_back);
	EXPECT_EQ(0, t.interrupts);
	for (unsigned int i = 0; i < 10 && t.block.held; i++)
		virtio_block_exchange(&t.block);
	EXPECT_TRUE(stubs.calls_back > 1);
	EXPECT_EQ(OK, ended(0));
	EXPECT_EQ(1, t.interrupts);
	EXPECT_EQ(0, memcmp(t.disk + BYTES - PIECE, driver_at(DATA), PIECE));
	stubs.nobody_listens = true;
	t.disk[BYTES - 1] ^= 1;
	put(STATUS, 1, UNTOUCHED);
	offer(0);
	EXPECT_EQ(OK, ended(0));
	EXPECT_EQ(0, memcmp(t.disk + BYTES - PIECE, driver_at(DATA), PIECE));
}

TEST(VBL0202, "what the backing puts off goes on when it says so, and what fails there is an error")
{
	make_slow_disk();
	t.put_off = 2;
	ask(READ, 1, SECTOR);
	EXPECT_EQ(UNTOUCHED, get(STATUS, 1));
	virtio_block_exchange(&t.block);
	EXPECT_EQ(UNTOUCHED, get(STATUS, 1));
	EXPECT_EQ(0, t.interrupts);
	virtio_block_exchange(&t.block);
	EXPECT_EQ(OK, ended(SECTOR));
	EXPECT_EQ(1, t.interrupts);
	EXPECT_EQ(3, t.calls);
	virtio_block_exchange(&t.block);
	EXPECT_EQ(3, t.calls);
	t.put_off = 1;
	t.fail = 1;
	ask(FLUSH, 0, 0);
	EXPECT_EQ(UNTOUCHED, get(STATUS, 1));
	virtio_block_exchange(&t.block);
	EXPECT_EQ(FAILED, ended(0));
	t.fail = 1;
	ask(WRITE, 0, SECTOR);
	EXPECT_EQ(FAILED, ended(0));
}

TEST(VBL0203, "requests are done in turn, and a reset forgets what was put off")
{
	uint32_t length;
	make_slow_disk();
	t.put_off = 1;
	ask(READ, 1, SECTOR);
	virtio_notify(&t.block.device, 0);
	EXPECT_EQ(OK, ended(SECTOR));
	t.put_off = 1;
	ask(READ, 1, SECTOR);
	offer(0);
	EXPECT_EQ(OK, ended(SECTOR));
	EXPECT_EQ(OK, ended(SECTOR));
	t.put_off = 1;
	ask(READ, 1, SECTOR);
	virtio_write_status(&t.block.device, 0);
	virtio_block_exchange(&t.block);
	EXPECT_EQ(UNTOUCHED, get(STATUS, 1));
	driver_start();
	EXPECT_TRUE(!returned(&length));
	ask(READ, 2, SECTOR);
	EXPECT_EQ(OK, ended(SECTOR));
}

/* --- Drivers that break the rules --- */

static void expect_broken(void)
{
	uint32_t length;
	EXPECT_TRUE(!virtio_ready(&t.block.device) && t.breaks == 1);
	EXPECT_TRUE(!returned(&length) && !t.block.held);
	virtio_notify(&t.block.device, 0);
	virtio_block_exchange(&t.block);
	driver_start();
	t.breaks = 0;
	ask(READ, 0, SECTOR);
	EXPECT_EQ(OK, ended(SECTOR));
}

TEST(VBL0301, "a chain that is no request, a loop, or one that leads out of memory stops the device until it is reset")
{
	make_disk(DISK_SIZE, false);
	put_header(READ, 0);
	add(HEADER, 16, 0);
	submit(); /* no status */
	expect_broken();
	add(HEADER, 16, 0);
	add(STATUS, 0, WRITABLE);
	submit();
	expect_broken();
	add(HEADER, 15, 0); /* no whole header */
	add(STATUS, 1, WRITABLE);
	submit();
	expect_broken();
	add(STATUS, 17, WRITABLE);
	submit();
	expect_broken();
	add(STATUS, 1, WRITABLE);
	add(HEADER, 16, 0);
	submit();
	expect_broken();
	describe(0, HEADER, 16, CHAINED, 0);
	offer(0);
	expect_broken();
	describe(0, HEADER, 16, CHAINED, 1);
	describe(1, MEMORY_BASE + MEMORY_SIZE - 1, 2, WRITABLE, 0);
	offer(0);
	expect_broken();
	describe(0, HEADER, UINT32_MAX, 0, 0);
	offer(0);
	expect_broken();
	put(AVAILABLE + 2, 2, 0x8000);
	virtio_notify(&t.block.device, 0);
	expect_broken();
}

/* --- Any requests --- */

static unsigned int less_than(unsigned int most)
{
	return host_random() % most;
}

/* Cuts `length` bytes from `at` on into pieces at random. */
static void add_cut(uint64_t at, uint32_t length, uint16_t flags)
{
	while (length) {
		uint32_t piece = less_than(4) ? less_than(length + 1) : less_than(3) * SECTOR;
		if (piece > length || t.descriptors > 60)
			piece = length;
		add(at, piece, flags);
		at += piece;
		length -= piece;
	}
}

/* As a disk that is an array has it: how the request ends, done to `model`. */
static unsigned int expected(uint8_t *model, bool read_only, uint32_t type, uint64_t sector, uint32_t length)
{
	if (type > WRITE)
		return UNSUPPORTED;
	if (length % SECTOR || sector > SECTORS || length > (SECTORS - sector) * SECTOR || (type == WRITE && read_only))
		return FAILED;
	if (type == WRITE)
		memcpy(model + sector * SECTOR, driver_at(DATA), length);
	return OK;
}

TEST(VBL0401, "requests of any kind, place, size and shape do what they do to an array")
{
	static uint8_t model[DISK_SIZE];
	unsigned int good = 0;
	for (unsigned int read_only = 0; read_only < 2; read_only++) {
		make_disk(DISK_SIZE, read_only);
		memcpy(model, t.disk, DISK_SIZE);
		for (unsigned int i = 0; i < 20000; i++) {
			uint32_t type = less_than(8) ? less_than(2) : less_than(2) + 2;
			uint64_t sector = less_than(16) ? less_than(SECTORS + 2) : host_random();
			uint32_t length = less_than(16) ? less_than(6) * SECTOR : less_than(6 * SECTOR);
			fill(length);
			put_header(type, sector);
			add_cut(HEADER, 16, 0);
			add_cut(DATA, length, type == WRITE ? 0 : WRITABLE);
			add_cut(STATUS, 1, WRITABLE);
			unsigned int status = expected(model, read_only, type, sector, length);
			submit();
			EXPECT_EQ(status, ended(type == READ && status == OK ? length : 0));
			if (type == READ && status == OK)
				EXPECT_EQ(0, memcmp(driver_at(DATA), model + sector * SECTOR, length));
			good += status == OK;
		}
		EXPECT_EQ(0, memcmp(model, t.disk, DISK_SIZE));
	}
	EXPECT_TRUE(good > 20000);
}

/* --- Any driver --- */

/* Makes a request of three pieces available, as stock drivers do. */
static void hostile_request(uint64_t r)
{
	unsigned int index = r >> 16 & 31, head = 3 * index;
	uint64_t header = HEADER + 16 * (index % 16);
	put(header, 4, r >> 24 & 7 ? r >> 27 & 1 : r >> 27 & 15);
	put(header + 8, 8, r >> 32 & 7 ? r >> 35 & 63 : host_random());
	describe(head, header, 16, CHAINED, head + 1);
	describe(head + 1, DATA + (r >> 41 & 0x7fff), SECTOR * (r >> 56 & 7), (r >> 27 & 1 ? 0 : WRITABLE) | CHAINED, head + 2);
	describe(head + 2, STATUS, 1, WRITABLE, 0);
	put_available(AVAILABLE, QUEUE_SIZE, head);
}

static void hostile_memory(uint64_t r)
{
	switch (r >> 8 & 3) {
	case 0: put(MEMORY_BASE + (r >> 16) % (DATA - MEMORY_BASE), 1, r >> 40); break;
	case 1: put(AVAILABLE + 2, 2, get(AVAILABLE + 2, 2) + (r >> 40) % 3); break;
	default: describe(r >> 16 & 127, MEMORY_BASE + (r >> 40 & 0x1ffff), r >> 30 & 0x3ff, r >> 27 & 3, r >> 58 & 31); break;
	}
}

static void hostile_step(uint64_t r)
{
	switch (r & 15) {
	case 0: hostile_memory(host_random()); break;
	case 1: case 2: virtio_block_exchange(&t.block); break;
	case 3: case 4: case 5: case 6: virtio_notify(&t.block.device, 0); break;
	default: hostile_request(host_random()); break;
	}
}

TEST(VBL0501, "no driver makes the device leave its memory or its disk, or hang; a reset always repairs it")
{
	unsigned int broken = 0;
	make_slow_disk();
	for (unsigned int i = 0; i < 400000; i++) {
		uint64_t r = host_random();
		t.put_off = r >> 40 & 3 ? 0 : 1;
		t.fail = r >> 42 & 7 ? 0 : 1;
		hostile_step(r);
		EXPECT_TRUE(!t.block.held || t.block.device.queue[0].enabled);
		if (!virtio_ready(&t.block.device) && r >> 8 & 1) {
			broken++;
			driver_start();
		}
	}
	EXPECT_TRUE(broken > 300 && t.interrupts > 10000 && t.calls > 10000);
}
