/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all virtio devices share, whatever the bus (OASIS VIRTIO 1.2, chapter 2): status, features, queues, and why the driver is interrupted. A kind of device
 * (virtio_console.h) is below it, a transport (virtio_pci.h) above. The driver is hostile: where it breaks a rule that matters the device stops, with
 * DEVICE_NEEDS_RESET, until it is reset; what makes no sense otherwise is ignored.
 */
#pragma once

#include <l4/virtqueue.h>

#define VIRTIO_QUEUES_MAX 20
#define VIRTIO_CONFIG_MAX 64

/* Bits of the device's status. */
enum virtio_status {
	VIRTIO_ACKNOWLEDGE = 1,
	VIRTIO_DRIVER = 2,
	VIRTIO_DRIVER_OK = 4,
	VIRTIO_FEATURES_OK = 8,
	VIRTIO_NEEDS_RESET = 64,
	VIRTIO_FAILED = 128,
};

#define VIRTIO_F_VERSION_1 (1UL << 32)

/* Bits of the cause of an interrupt, as in the ISR status. */
enum virtio_cause { VIRTIO_CAUSE_QUEUE = 1, VIRTIO_CAUSE_CONFIG = 2 };

struct virtio_device;

/* What one kind of device adds. The functions are called only with what the driver may rightly ask for. */
struct virtio_kind {
	uint16_t id;
	uint32_t pci_class;        /* class, subclass and interface */
	uint64_t features;         /* offered besides VERSION_1 */
	unsigned int queues;
	unsigned int config_size;  /* of the configuration space, at most VIRTIO_CONFIG_MAX */
	void (*reset)(struct virtio_device *device);
	/* Buffers have been made available, or the driver has just become ready. */
	void (*notify)(struct virtio_device *device, unsigned int queue);
	void (*config_read)(const struct virtio_device *device, uint8_t config[VIRTIO_CONFIG_MAX]);
	void (*config_write)(struct virtio_device *device, unsigned int offset, unsigned int width, uint32_t value);
};

/* What one transport adds: it tells the driver. `queue` counts for VIRTIO_CAUSE_QUEUE. */
struct virtio_transport {
	void (*interrupt)(void *context, enum virtio_cause cause, unsigned int queue);
};

struct virtio_queue {
	struct l4_virtqueue ring;
	struct l4_virtqueue_place place; /* as the driver has written it */
	bool enabled;
};

struct virtio_device {
	const struct virtio_kind *kind;
	const struct virtio_transport *transport;
	void *transport_context;
	l4_virtqueue_memory *memory;
	void *memory_context;
	uint8_t status;
	uint64_t driver_features;
	struct virtio_queue queue[VIRTIO_QUEUES_MAX];
};

/* `memory` finds the driver's memory. The transport must be set before the first access of the driver. */
void virtio_init(struct virtio_device *device, const struct virtio_kind *kind, l4_virtqueue_memory *memory, void *context);

/* --- For transports: what the driver does --- */
void virtio_reset(struct virtio_device *device);
uint64_t virtio_features(const struct virtio_device *device);
/* Bits 32 * `half` to 32 * `half` + 31. */
void virtio_write_features(struct virtio_device *device, unsigned int half, uint32_t value);
void virtio_write_status(struct virtio_device *device, uint8_t status);
/* The place of a queue that the driver may set now; null once it must not. */
struct l4_virtqueue_place *virtio_queue_place(struct virtio_device *device, unsigned int queue);
void virtio_enable_queue(struct virtio_device *device, unsigned int queue);
void virtio_notify(struct virtio_device *device, unsigned int queue);
/* Accesses that are not in the space read 0 and ignore writes. */
uint32_t virtio_config_read(const struct virtio_device *device, unsigned int offset, unsigned int width);
void virtio_config_write(struct virtio_device *device, unsigned int offset, unsigned int width, uint32_t value);

/* --- For kinds of device --- */
/* May buffers be taken? */
bool virtio_ready(const struct virtio_device *device);
/* The next buffer of a queue. False: none now; or the driver broke the rules, and the device needs a reset. */
bool virtio_take(struct virtio_device *device, unsigned int queue, struct l4_virtqueue_chain *chain);
/* Interrupts for what has been given back to the queue, if the driver wants that. */
void virtio_announce(struct virtio_device *device, unsigned int queue);
/* The driver broke a rule: nothing more happens until it resets the device. */
void virtio_break(struct virtio_device *device);
