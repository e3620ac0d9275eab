/* SPDX-License-Identifier: BSD-2-Clause */
#include "virtio.h"

#include <string.h>

#define STATUS_OF_DRIVER (VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FAILED)

void virtio_init(struct virtio_device *device, const struct virtio_kind *kind, l4_virtqueue_memory *memory, void *context)
{
	device->kind = kind;
	device->memory = memory;
	device->memory_context = context;
	virtio_reset(device);
}

void virtio_reset(struct virtio_device *device)
{
	device->status = 0;
	device->driver_features = 0;
	for (unsigned int i = 0; i < VIRTIO_QUEUES_MAX; i++)
		device->queue[i] = (struct virtio_queue){.place.size = i < device->kind->queues ? L4_VIRTQUEUE_SIZE_MAX : 0};
	device->kind->reset(device);
}

uint64_t virtio_features(const struct virtio_device *device)
{
	return device->kind->features | VIRTIO_F_VERSION_1;
}

void virtio_write_features(struct virtio_device *device, unsigned int half, uint32_t value)
{
	if (half > 1 || device->status & VIRTIO_FEATURES_OK)
		return;
	uint64_t mask = 0xffffffffUL << 32 * half;
	device->driver_features = (device->driver_features & ~mask) | (uint64_t)value << 32 * half;
}

static bool features_acceptable(const struct virtio_device *device)
{
	return device->driver_features & VIRTIO_F_VERSION_1 && !(device->driver_features & ~virtio_features(device));
}

bool virtio_ready(const struct virtio_device *device)
{
	return (device->status & (VIRTIO_DRIVER_OK | VIRTIO_NEEDS_RESET)) == VIRTIO_DRIVER_OK;
}

/* Buffers may have been made available before. */
static void driver_ready(struct virtio_device *device)
{
	device->status |= VIRTIO_DRIVER_OK;
	for (unsigned int i = 0; i < device->kind->queues; i++)
		virtio_notify(device, i);
}

/* Bits are only added; a driver that wants one cleared resets the device. */
void virtio_write_status(struct virtio_device *device, uint8_t status)
{
	if (!status) {
		virtio_reset(device);
		return;
	}
	uint8_t added = status & ~device->status;
	device->status |= added & STATUS_OF_DRIVER;
	if (added & VIRTIO_FEATURES_OK && features_acceptable(device))
		device->status |= VIRTIO_FEATURES_OK;
	if (added & VIRTIO_DRIVER_OK && device->status & VIRTIO_FEATURES_OK)
		driver_ready(device);
}

struct l4_virtqueue_place *virtio_queue_place(struct virtio_device *device, unsigned int queue)
{
	if (queue >= device->kind->queues || device->queue[queue].enabled)
		return NULL;
	return &device->queue[queue].place;
}

void virtio_enable_queue(struct virtio_device *device, unsigned int queue)
{
	if (!virtio_queue_place(device, queue) || !(device->status & VIRTIO_FEATURES_OK))
		return;
	struct virtio_queue *it = &device->queue[queue];
	it->enabled = true;
	if (!l4_virtqueue_start(&it->ring, &it->place, device->memory, device->memory_context))
		virtio_break(device);
}

void virtio_notify(struct virtio_device *device, unsigned int queue)
{
	if (queue < device->kind->queues && device->queue[queue].enabled && virtio_ready(device))
		device->kind->notify(device, queue);
}

static bool in_config(const struct virtio_device *device, unsigned int offset, unsigned int width)
{
	return width <= sizeof(uint32_t) && offset <= device->kind->config_size && width <= device->kind->config_size - offset;
}

uint32_t virtio_config_read(const struct virtio_device *device, unsigned int offset, unsigned int width)
{
	uint8_t config[VIRTIO_CONFIG_MAX] = {0};
	uint32_t value = 0;
	if (!in_config(device, offset, width))
		return 0;
	device->kind->config_read(device, config);
	memcpy(&value, config + offset, width);
	return value;
}

void virtio_config_write(struct virtio_device *device, unsigned int offset, unsigned int width, uint32_t value)
{
	if (in_config(device, offset, width))
		device->kind->config_write(device, offset, width, value);
}

bool virtio_take(struct virtio_device *device, unsigned int queue, struct l4_virtqueue_chain *chain)
{
	if (!virtio_ready(device))
		return false;
	enum l4_virtqueue_taken taken = l4_virtqueue_take(&device->queue[queue].ring, chain);
	if (taken == L4_VIRTQUEUE_BROKEN)
		virtio_break(device);
	return taken == L4_VIRTQUEUE_TAKEN;
}

void virtio_announce(struct virtio_device *device, unsigned int queue)
{
	if (l4_virtqueue_announce(&device->queue[queue].ring))
		device->transport->interrupt(device->transport_context, VIRTIO_CAUSE_QUEUE, queue);
}

void virtio_break(struct virtio_device *device)
{
	if (device->status & VIRTIO_NEEDS_RESET)
		return;
	device->status |= VIRTIO_NEEDS_RESET;
	/* Only a driver that is ready is told (VIRTIO 1.2, section 2.1.2). */
	if (device->status & VIRTIO_DRIVER_OK)
		device->transport->interrupt(device->transport_context, VIRTIO_CAUSE_CONFIG, 0);
}
