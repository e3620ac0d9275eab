/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio console on the PCI bus, by drivers that keep to the standard and by some that do not. Other machines have no such device there. */
#include "test.h"
#include "virtio.h"

enum { BRIDGE = 0x0600, CONSOLE = 0x10431af4, DISK = 0x10421af4, STORAGE = 0x0180, NOBODY = -1, PCI_DEVICES = 32 };

TEST(VIO0101, "the bus has a host bridge, a console, a disk if the description gives one, and nobody else")
{
	if (!platform.is_bulkhead)
		return;
	EXPECT_EQ(BRIDGE, pci_read(0, PCI_CLASS, 2));
	EXPECT_EQ(CONSOLE, pci_read(PCI_CONSOLE, 0, 4));
	bool disk = platform_argument_is("disk", "1");
	if (disk) {
		EXPECT_EQ(DISK, pci_read(PCI_DISK, 0, 4));
		EXPECT_EQ(STORAGE, pci_read(PCI_DISK, PCI_CLASS, 2));
	}
	for (unsigned int device = disk ? PCI_DISK + 1 : PCI_DISK; device < PCI_DEVICES; device++)
		EXPECT_EQ((uint32_t)NOBODY, pci_read(device, 0, 4));
}

TEST(VIO0102, "a buffer comes back")
{
	if (!platform.is_bulkhead)
		return;
	EXPECT_TRUE(virtio_works());
	virtio_set_status(0);
	EXPECT_EQ(0, virtio_status());
}

static void expect_broken(void)
{
	EXPECT_EQ(VIRTIO_NEEDS_RESET, virtio_status() & VIRTIO_NEEDS_RESET);
	EXPECT_TRUE(virtio_works());
	virtio_set_status(0);
}

TEST(VIO0201, "descriptors that loop or lead out of memory, and an index that leaps, stop the device until it is reset")
{
	static const char text[] = "x";
	if (!platform.is_bulkhead)
		return;
	virtio_start();
	virtio_describe(0, (uint64_t)text, 1, 1, 0);
	virtio_offer(0);
	expect_broken();
	virtio_start();
	virtio_describe(0, virtio_no_memory[0], 4, 0, 0);
	virtio_offer(0);
	expect_broken();
	virtio_start();
	virtio_describe(0, platform.memory_base + platform.memory_size - 1, 2, 0, 0);
	virtio_offer(0);
	expect_broken();
	virtio_start();
	virtio_queue.available[1] = VIRTIO_QUEUE_SIZE + 1;
	virtio_notify();
	expect_broken();
}

static void try_queues_at(uint64_t bad)
{
	virtio_reset();
	virtio_start_queue((uint64_t)virtio_queue.descriptor, (uint64_t)virtio_queue.available, bad);
	expect_broken();
	virtio_reset();
	virtio_start_queue(bad, (uint64_t)virtio_queue.available, (uint64_t)virtio_queue.used);
	expect_broken();
}

TEST(VIO0202, "a queue outside of memory stops the device until it is reset")
{
	if (!platform.is_bulkhead)
		return;
	for (const uint64_t *bad = virtio_no_memory; *bad; bad++)
		try_queues_at(*bad);
	try_queues_at(platform.memory_base + platform.memory_size - 16);
	try_queues_at(0xfffffffffffffff0);
}

/* Of the registers' structures all but the configuration, whose emergency writes would come out between the tests' lines. */
static void write_anything(uint64_t random)
{
	static const enum virtio_structure structures[] = {VIRTIO_COMMON, VIRTIO_COMMON, VIRTIO_ISR, VIRTIO_NOTIFY};
	enum virtio_structure structure = structures[random >> 4 & 3];
	unsigned int offset = random >> 8 & 0x3c;
	uint32_t value = random >> 32 & (random & 0x10000 ? 0xffffffff : 0xf);
	switch (random & 3) {
	case 0: pci_write(PCI_CONSOLE, random >> 8 & 0xfc, 4, value); break;
	case 1: virtio_write(structure, offset, 4, value); break;
	case 2: virtio_write(structure, offset + (random >> 17 & 2), 2, value); break;
	default: virtio_write(structure, offset, 1, value); break;
	}
}

TEST(VIO0203, "no sequence of writes to the registers and to configuration space hurts anybody")
{
	if (!platform.is_bulkhead)
		return;
	for (unsigned int i = 0; i < 20000; i++) {
		write_anything(random_word());
		virtio_place();
	}
	EXPECT_TRUE(virtio_works());
	virtio_set_status(0);
}
