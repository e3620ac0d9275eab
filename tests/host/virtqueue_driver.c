/* SPDX-License-Identifier: BSD-2-Clause */
#include "virtqueue_driver.h"

#include <host_test.h>

#include <string.h>

void *driver_memory_for_device(void *context, uint64_t address, uint64_t length)
{
	uint64_t offset = address - driver_memory.base;
	EXPECT_EQ(&driver_memory, context);
	return offset > driver_memory.size || length > driver_memory.size - offset ? NULL : driver_memory.bytes + offset;
}

uint8_t *driver_at(uint64_t address)
{
	return driver_memory.bytes + (address - driver_memory.base);
}

void put(uint64_t address, unsigned int width, uint64_t value)
{
	memcpy(driver_at(address), &value, width);
}

uint64_t get(uint64_t address, unsigned int width)
{
	uint64_t value = 0;
	memcpy(&value, driver_at(address), width);
	return value;
}

void put_descriptor(uint64_t descriptors, unsigned int index, uint64_t address, uint32_t length, uint16_t flags, uint16_t next)
{
	uint64_t at = descriptors + 16 * index;
	put(at, 8, address);
	put(at + 8, 4, length);
	put(at + 12, 2, flags);
	put(at + 14, 2, next);
}

void put_available(uint64_t available, unsigned int queue_size, uint16_t head)
{
	uint16_t index = get(available + 2, 2);
	put(available + 4 + 2 * (index % queue_size), 2, head);
	put(available + 2, 2, index + 1);
}

bool get_used(uint64_t used, unsigned int queue_size, uint16_t *seen, uint32_t *head, uint32_t *length)
{
	if ((uint16_t)get(used + 2, 2) == *seen)
		return false;
	uint64_t entry = used + 4 + 8 * ((*seen)++ % queue_size);
	*head = get(entry, 4);
	*length = get(entry + 4, 4);
	return true;
}
