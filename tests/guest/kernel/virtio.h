/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver for the virtio console, device 1 on the PCI bus (OASIS VIRTIO 1.2, section 4.1), that does not have to keep to the standard. */
#pragma once

#include "kernel.h"

enum virtio_structure { VIRTIO_COMMON, VIRTIO_ISR, VIRTIO_NOTIFY };
/* Fields of the common structure, and values of its status. */
enum virtio_field {
	VIRTIO_DRIVER_SELECT = 8, VIRTIO_DRIVER_FEATURE = 12, VIRTIO_STATUS = 20, VIRTIO_SELECT = 22, VIRTIO_SIZE = 24, VIRTIO_VECTOR = 26, VIRTIO_ENABLE = 28,
	VIRTIO_PARTS = 32,
};
enum virtio_status { VIRTIO_FEATURES_OK = 11, VIRTIO_READY = 15, VIRTIO_NEEDS_RESET = 64 };
enum { PCI_CONSOLE = 1, PCI_DISK = 2, PCI_COMMAND = 4, PCI_CLASS = 10, PCI_BAR0 = 16 };
#define VIRTIO_OUTPUT 1
#define VIRTIO_QUEUE_SIZE 4

struct virtio_descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags, next;
};

/* The output queue. Its indices are the second words of the last two. */
struct virtio_queue {
	_Alignas(16) volatile struct virtio_descriptor descriptor[VIRTIO_QUEUE_SIZE];
	volatile uint16_t available[2 + VIRTIO_QUEUE_SIZE];
	_Alignas(4) volatile uint16_t used[2 + 4 * VIRTIO_QUEUE_SIZE];
};
extern struct virtio_queue virtio_queue;

void virtio_set_status(uint8_t status);
uint8_t virtio_status(void);
/* Resets the device. With features negotiated, and no queue yet. */
void virtio_reset(void);
void virtio_start_queue(uint64_t descriptors, uint64_t available, uint64_t used);
/* Resets the device; ready, with the output queue. */
void virtio_start(void);
void virtio_describe(unsigned int index, uint64_t address, uint32_t length, uint16_t flags, uint16_t next);
void virtio_notify(void);
void virtio_offer(uint16_t head);
/* Does a line go out, and its buffer come back, on a device that is ready? */
bool virtio_print(void);
/* The same after a reset. */
bool virtio_works(void);

/* --- The architecture's part: `width` is 1, 2 or 4 --- */
uint32_t pci_read(unsigned int device, unsigned int offset, unsigned int width);
void pci_write(unsigned int device, unsigned int offset, unsigned int width, uint32_t value);
/* Puts the device's registers to where the next two look for them, whatever has been done to configuration space. */
void virtio_place(void);
uint32_t virtio_read(enum virtio_structure structure, unsigned int offset, unsigned int width);
void virtio_write(enum virtio_structure structure, unsigned int offset, unsigned int width, uint32_t value);
/* Addresses that are no memory; the last is 0. */
extern const uint64_t virtio_no_memory[];
