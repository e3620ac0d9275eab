/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's side of virtqueues, for the tests of devices: memory that the device sees, and what the driver writes and reads there. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <l4/virtqueue.h>

/* Defined by the test. Devices get its address as the context of driver_memory_for_device(). */
extern struct driver_memory {
	uint8_t *bytes;
	uint64_t base, size; /* where it lies by the driver's addresses */
} driver_memory;

l4_virtqueue_memory driver_memory_for_device;

/* Addresses below are the driver's, and in its memory. */

uint8_t *driver_at(uint64_t address);
/* A number of `width` bytes, at most 8. */
void put(uint64_t address, unsigned int width, uint64_t value);
uint64_t get(uint64_t address, unsigned int width);

/* In a queue of which `descriptors`, `available` and `used` are the parts. The device is not notified. */
void put_descriptor(uint64_t descriptors, unsigned int index, uint64_t address, uint32_t length, uint16_t flags, uint16_t next);
void put_available(uint64_t available, unsigned int queue_size, uint16_t head);
/* The next buffer that came back, after `seen` others; false for none. */
bool get_used(uint64_t used, unsigned int queue_size, uint16_t *seen, uint32_t *head, uint32_t *length);
