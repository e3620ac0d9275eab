/* SPDX-License-Identifier: BSD-2-Clause */
#include "virtio.h"

struct virtio_queue virtio_queue;

static const char text[] = "virtio: a line from the test kernel\n";

void virtio_set_status(uint8_t status)
{
	virtio_write(VIRTIO_COMMON, VIRTIO_STATUS, 1, status);
}

uint8_t virtio_status(void)
{
	return virtio_read(VIRTIO_COMMON, VIRTIO_STATUS, 1);
}

static void write64(unsigned int offset, uint64_t value)
{
	virtio_write(VIRTIO_COMMON, offset, 4, value);
	virtio_write(VIRTIO_COMMON, offset + 4, 4, value >> 32);
}

void virtio_start_queue(uint64_t descriptors, uint64_t available, uint64_t used)
{
	virtio_write(VIRTIO_COMMON, VIRTIO_SELECT, 2, VIRTIO_OUTPUT);
	virtio_write(VIRTIO_COMMON, VIRTIO_SIZE, 2, VIRTIO_QUEUE_SIZE);
	write64(VIRTIO_PARTS, descriptors);
	write64(VIRTIO_PARTS + 8, available);
	write64(VIRTIO_PARTS + 16, used);
	virtio_write(VIRTIO_COMMON, VIRTIO_ENABLE, 2, 1);
}

void virtio_reset(void)
{
	virtio_place();
	virtio_set_status(0);
	virtio_set_status(3);
	virtio_write(VIRTIO_COMMON, VIRTIO_DRIVER_SELECT, 4, 1);
	virtio_write(VIRTIO_COMMON, VIRTIO_DRIVER_FEATURE, 4, 1);
	virtio_set_status(VIRTIO_FEATURES_OK);
}

void virtio_start(void)
{
	for (unsigned int i = 0; i < 2; i++)
		virtio_queue.available[i] = virtio_queue.used[i] = 0;
	virtio_reset();
	virtio_start_queue((uint64_t)virtio_queue.descriptor, (uint64_t)virtio_queue.available, (uint64_t)virtio_queue.used);
	virtio_set_status(VIRTIO_READY);
}

void virtio_describe(unsigned int index, uint64_t address, uint32_t length, uint16_t flags, uint16_t next)
{
	volatile struct virtio_descriptor *descriptor = &virtio_queue.descriptor[index];
	descriptor->address = address;
	descriptor->length = length;
	descriptor->flags = flags;
	descriptor->next = next;
}

void virtio_notify(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	virtio_write(VIRTIO_NOTIFY, 4 * VIRTIO_OUTPUT, 2, VIRTIO_OUTPUT);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void virtio_offer(uint16_t head)
{
	virtio_queue.available[2 + virtio_queue.available[1] % VIRTIO_QUEUE_SIZE] = head;
	virtio_queue.available[1]++;
	virtio_notify();
}

/* All that a terminal with little room allows, in bounded time. */
bool virtio_print(void)
{
	uint16_t before = virtio_queue.used[1];
	virtio_describe(0, (uint64_t)text, sizeof(text) - 1, 0, 0);
	virtio_offer(0);
	for (uint64_t limit = now() + 5 * platform.timebase; virtio_queue.used[1] == before;) {
		if (now() > limit)
			return false;
	}
	return virtio_status() == VIRTIO_READY;
}

bool virtio_works(void)
{
	virtio_start();
	return virtio_print();
}
