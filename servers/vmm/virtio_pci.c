/* SPDX-License-Identifier: BSD-2-Clause */
#include "virtio_pci.h"

#include <stddef.h>

#include "pci_private.h"

enum { VENDOR = 0x1af4, DEVICE_BASE = 0x1040, REVISION_MODERN = 1 };
enum { CAPABILITY_VENDOR = 9 };
#define NO_VECTOR 0xffff
_Static_assert(VIRTIO_QUEUES_MAX + 1 <= PCI_MSIX_VECTORS_MAX, "a vector for each queue and one for the configuration");

/* struct virtio_pci_cap and its extensions. */
enum { CAP_LENGTH = 2, CAP_TYPE = 3, CAP_BAR = 4, CAP_OFFSET = 8, CAP_SIZE = 12, CAP_BYTES = 16, NOTIFY_MULTIPLIER = 16, NOTIFY_BYTES = 20,
       WINDOW_DATA = 16, WINDOW_BYTES = 20 };

/* The structures that capabilities point to, by their type. */
enum structure { COMMON = 1, NOTIFY = 2, ISR = 3, CONFIG = 4, WINDOW = 5 };

#define NOTIFY_STEP 4U
struct place {
	uint32_t offset, size;
};

/* In memory the notifications have a page for themselves, behind which doorbells of the kernel could be. */
#define MEMORY_SIZE 0x4000
static const struct place in_memory[] = {
	[COMMON] = {0, 0x38}, [ISR] = {0x1000, 1}, [CONFIG] = {0x2000, VIRTIO_CONFIG_MAX}, [NOTIFY] = {0x3000, NOTIFY_STEP * VIRTIO_QUEUES_MAX},
};
static const struct place in_ports[] = {
	[COMMON] = {0, 0x38}, [ISR] = {0x40, 1}, [NOTIFY] = {0x60, NOTIFY_STEP * VIRTIO_QUEUES_MAX}, [CONFIG] = {0xc0, VIRTIO_CONFIG_MAX},
};
_Static_assert(0x60 + NOTIFY_STEP * VIRTIO_QUEUES_MAX <= 0xc0 && 0xc0 + VIRTIO_CONFIG_MAX <= VIRTIO_PCI_PORTS, "what is in ports lies apart");

/* struct virtio_pci_common_cfg */
enum {
	DEVICE_FEATURE_SELECT = 0x00, DEVICE_FEATURE = 0x04, DRIVER_FEATURE_SELECT = 0x08, DRIVER_FEATURE = 0x0c, CONFIG_VECTOR = 0x10, NUM_QUEUES = 0x12,
	DEVICE_STATUS = 0x14, CONFIG_GENERATION = 0x15, QUEUE_SELECT = 0x16, QUEUE_SIZE = 0x18, QUEUE_VECTOR = 0x1a, QUEUE_ENABLE = 0x1c,
	QUEUE_NOTIFY_OFFSET = 0x1e, QUEUE_DESCRIPTORS = 0x20, QUEUE_DRIVER = 0x28, QUEUE_DEVICE = 0x30, COMMON_END = 0x38,
};

/* The width by which each field is accessed; 64-bit fields are two halves. Another access is none (section 4.1.3.1). */
static unsigned int field_width(uint32_t offset)
{
	switch (offset) {
	case DEVICE_STATUS:
	case CONFIG_GENERATION: return 1;
	case CONFIG_VECTOR:
	case NUM_QUEUES:
	case QUEUE_SELECT:
	case QUEUE_SIZE:
	case QUEUE_VECTOR:
	case QUEUE_ENABLE:
	case QUEUE_NOTIFY_OFFSET: return 2;
	default: return offset % 4 ? 0 : 4;
	}
}

static struct virtio_pci *of_function(struct pci_function *function)
{
	return (struct virtio_pci *)function;
}
_Static_assert(offsetof(struct virtio_pci, function) == 0, "of_function() casts");

/* --- Interrupts --- */

static void interrupt(void *context, enum virtio_cause cause, unsigned int queue)
{
	struct virtio_pci *pci = context;
	if (pci_msix_enabled(&pci->function)) {
		pci_msix_raise(&pci->function, cause == VIRTIO_CAUSE_QUEUE ? pci->queue_vector[queue] : pci->config_vector);
		return;
	}
	pci->isr |= cause;
	pci_set_interrupt(&pci->function, true);
}

static uint32_t read_isr(struct virtio_pci *pci)
{
	uint32_t value = pci->isr;
	pci->isr = 0;
	pci_set_interrupt(&pci->function, false);
	return value;
}

/* --- The common structure --- */

static void reset(struct virtio_pci *pci)
{
	pci->device_feature_select = 0;
	pci->driver_feature_select = 0;
	pci->queue_select = 0;
	pci->config_vector = NO_VECTOR;
	for (unsigned int i = 0; i < VIRTIO_QUEUES_MAX; i++)
		pci->queue_vector[i] = NO_VECTOR;
	read_isr(pci);
}

/* The selected queue; null where there is none. */
static const struct virtio_queue *selected(const struct virtio_pci *pci)
{
	return pci->queue_select < pci->device->kind->queues ? &pci->device->queue[pci->queue_select] : NULL;
}

static uint32_t half_of(uint64_t value, uint32_t offset)
{
	return offset & 4 ? value >> 32 : value;
}

static uint64_t with_half(uint64_t old, uint32_t offset, uint32_t half)
{
	return offset & 4 ? (uint32_t)old | (uint64_t)half << 32 : (old & ~0xffffffffUL) | half;
}

static uint32_t read_queue(const struct virtio_pci *pci, uint32_t offset)
{
	const struct virtio_queue *queue = selected(pci);
	if (!queue)
		return offset == QUEUE_VECTOR ? NO_VECTOR : 0;
	switch (offset) {
	case QUEUE_SIZE: return queue->place.size;
	case QUEUE_VECTOR: return pci->queue_vector[pci->queue_select];
	case QUEUE_ENABLE: return queue->enabled;
	case QUEUE_NOTIFY_OFFSET: return pci->queue_select;
	default: break;
	}
	switch (offset & ~4U) {
	case QUEUE_DESCRIPTORS: return half_of(queue->place.descriptors, offset);
	case QUEUE_DRIVER: return half_of(queue->place.available, offset);
	default: return half_of(queue->place.used, offset);
	}
}

static uint32_t read_features(uint64_t features, uint32_t select)
{
	return select > 1 ? 0 : features >> 32 * select;
}

static uint32_t read_common(struct virtio_pci *pci, uint32_t offset)
{
	switch (offset) {
	case DEVICE_FEATURE_SELECT: return pci->device_feature_select;
	case DEVICE_FEATURE: return read_features(virtio_features(pci->device), pci->device_feature_select);
	case DRIVER_FEATURE_SELECT: return pci->driver_feature_select;
	case DRIVER_FEATURE: return read_features(pci->device->driver_features, pci->driver_feature_select);
	case CONFIG_VECTOR: return pci->config_vector;
	case NUM_QUEUES: return pci->device->kind->queues;
	case DEVICE_STATUS: return pci->device->status;
	case CONFIG_GENERATION: return 0; /* no device changes its configuration space */
	case QUEUE_SELECT: return pci->queue_select;
	default: return read_queue(pci, offset);
	}
}

/* A vector that does not exist reads back as none: so the driver learns that it did not get it. */
static uint16_t vector_granted(const struct virtio_pci *pci, uint32_t vector)
{
	return vector < pci->function.msix_vectors ? vector : NO_VECTOR;
}

static void write_place(struct l4_virtqueue_place *place, uint32_t offset, uint32_t value)
{
	switch (offset & ~4U) {
	case QUEUE_DESCRIPTORS: place->descriptors = with_half(place->descriptors, offset, value); break;
	case QUEUE_DRIVER: place->available = with_half(place->available, offset, value); break;
	case QUEUE_DEVICE: place->used = with_half(place->used, offset, value); break;
	default: break; /* read-only */
	}
}

static void write_queue(struct virtio_pci *pci, uint32_t offset, uint32_t value)
{
	struct l4_virtqueue_place *place = virtio_queue_place(pci->device, pci->queue_select);
	if (!selected(pci))
		return;
	if (offset == QUEUE_VECTOR)
		pci->queue_vector[pci->queue_select] = vector_granted(pci, value);
	else if (offset == QUEUE_ENABLE && value == 1)
		virtio_enable_queue(pci->device, pci->queue_select);
	else if (offset == QUEUE_SIZE && place)
		place->size = value;
	else if (offset >= QUEUE_DESCRIPTORS && place)
		write_place(place, offset, value);
}

static void write_status(struct virtio_pci *pci, uint8_t value)
{
	virtio_write_status(pci->device, value);
	if (!value)
		reset(pci);
}

static void write_common(struct virtio_pci *pci, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case DEVICE_FEATURE_SELECT: pci->device_feature_select = value; break;
	case DRIVER_FEATURE_SELECT: pci->driver_feature_select = value; break;
	case DRIVER_FEATURE: virtio_write_features(pci->device, pci->driver_feature_select, value); break;
	case CONFIG_VECTOR: pci->config_vector = vector_granted(pci, value); break;
	case DEVICE_STATUS: write_status(pci, value); break;
	case QUEUE_SELECT: pci->queue_select = value; break;
	default: write_queue(pci, offset, value); break;
	}
}

/* --- Registers --- */

static const struct place *places(const struct virtio_pci *pci)
{
	return pci->ports ? in_ports : in_memory;
}

/* The structure that all of the access is in, and where there; 0 for none. */
static enum structure structure_at(const struct virtio_pci *pci, uint32_t *offset, unsigned int width)
{
	for (enum structure i = COMMON; i <= CONFIG; i++) {
		const struct place *place = &places(pci)[i];
		if (*offset >= place->offset && *offset - place->offset < place->size && place->size - (*offset - place->offset) >= width) {
			*offset -= place->offset;
			return i;
		}
	}
	return 0;
}

static uint32_t registers_read(struct virtio_pci *pci, uint32_t offset, unsigned int width)
{
	switch (structure_at(pci, &offset, width)) {
	case COMMON: return field_width(offset) == width ? read_common(pci, offset) : 0;
	case ISR: return read_isr(pci);
	case CONFIG: return virtio_config_read(pci->device, offset, width);
	default: return 0;
	}
}

static void registers_write(struct virtio_pci *pci, uint32_t offset, unsigned int width, uint32_t value)
{
	switch (structure_at(pci, &offset, width)) {
	case COMMON:
		if (field_width(offset) == width)
			write_common(pci, offset, value);
		break;
	case NOTIFY: virtio_notify(pci->device, offset / NOTIFY_STEP); break;
	case CONFIG: virtio_config_write(pci->device, offset, width, value); break;
	default: break;
	}
}

/* The MSI-X table as a device behind its BAR, for a platform that does not map it. */
static uint32_t bar_read(struct pci_function *function, unsigned int bar, uint32_t offset, unsigned int width)
{
	if (bar == VIRTIO_PCI_REGISTERS_BAR)
		return registers_read(of_function(function), offset, width);
	return offset % 4 || width != 4 ? 0 : function->msix_memory[offset / 4];
}

static void bar_write(struct pci_function *function, unsigned int bar, uint32_t offset, unsigned int width, uint32_t value)
{
	if (bar == VIRTIO_PCI_REGISTERS_BAR)
		registers_write(of_function(function), offset, width, value);
	else if (offset % 4 == 0 && width == 4 && offset < PCI_MSIX_PENDING)
		function->msix_memory[offset / 4] = value;
}

/* --- The window in configuration space (section 4.1.4.9) --- */

/* Where the window's data leads: false where the driver has set up no access, or makes another. */
static bool window_target(const struct virtio_pci *pci, unsigned int offset, unsigned int width, uint32_t *target)
{
	const uint8_t *config = pci->function.config;
	uint32_t size = pci->ports ? VIRTIO_PCI_PORTS : MEMORY_SIZE;
	*target = pci_field(config, pci->window + CAP_OFFSET, 4);
	return offset == pci->window + WINDOW_DATA + 0U && pci_field(config, pci->window + CAP_SIZE, 4) == width &&
	       pci_field(config, pci->window + CAP_BAR, 1) == VIRTIO_PCI_REGISTERS_BAR && *target % width == 0 && *target < size;
}

static bool window_read(struct pci_function *function, unsigned int offset, unsigned int width, uint32_t *value)
{
	uint32_t target;
	if (!window_target(of_function(function), offset, width, &target))
		return false;
	*value = registers_read(of_function(function), target, width);
	return true;
}

static bool window_write(struct pci_function *function, unsigned int offset, unsigned int width, uint32_t value)
{
	uint32_t target;
	if (!window_target(of_function(function), offset, width, &target))
		return false;
	registers_write(of_function(function), target, width, value);
	return true;
}

/* --- Building --- */

static unsigned int capability_add(struct virtio_pci *pci, enum structure type, unsigned int bytes, struct place place)
{
	uint8_t *config = pci->function.config;
	unsigned int offset = pci_capability_add(&pci->function, CAPABILITY_VENDOR, bytes);
	pci_field_set(config, offset + CAP_LENGTH, 1, bytes);
	pci_field_set(config, offset + CAP_TYPE, 1, type);
	pci_field_set(config, offset + CAP_BAR, 1, VIRTIO_PCI_REGISTERS_BAR);
	pci_field_set(config, offset + CAP_OFFSET, 4, place.offset);
	pci_field_set(config, offset + CAP_SIZE, 4, place.size);
	return offset;
}

static void capabilities_add(struct virtio_pci *pci)
{
	struct pci_function *function = &pci->function;
	const struct place *at = places(pci);
	capability_add(pci, COMMON, CAP_BYTES, at[COMMON]);
	unsigned int notify = capability_add(pci, NOTIFY, NOTIFY_BYTES, at[NOTIFY]);
	pci_field_set(function->config, notify + NOTIFY_MULTIPLIER, 4, NOTIFY_STEP);
	capability_add(pci, ISR, CAP_BYTES, at[ISR]);
	if (pci->device->kind->config_size)
		capability_add(pci, CONFIG, CAP_BYTES, (struct place){at[CONFIG].offset, pci->device->kind->config_size});
	pci->window = capability_add(pci, WINDOW, WINDOW_BYTES, (struct place){0});
	pci_field_set(function->writable, pci->window + CAP_BAR, 1, 0xff);
	pci_field_set(function->writable, pci->window + CAP_OFFSET, 4, 0xffffffff);
	pci_field_set(function->writable, pci->window + CAP_SIZE, 4, 0xffffffff);
}

void virtio_pci_add(struct virtio_pci *pci, struct virtio_device *device, struct pci_bus *bus, unsigned int number,
		    const struct virtio_pci_options *options)
{
	static const struct virtio_transport transport = {.interrupt = interrupt};
	static const struct pci_registers registers = {bar_read, bar_write, window_read, window_write};
	const struct pci_identity identity = {
		.vendor = VENDOR, .device = DEVICE_BASE + device->kind->id, .subsystem_vendor = VENDOR, .subsystem = DEVICE_BASE + device->kind->id,
		.class_code = device->kind->pci_class, .revision = REVISION_MODERN,
	};
	pci_function_init(&pci->function, &identity, &registers);
	pci->device = device;
	pci->ports = options->ports;
	pci_bar_add(&pci->function, VIRTIO_PCI_REGISTERS_BAR, pci->ports, pci->ports ? VIRTIO_PCI_PORTS : MEMORY_SIZE, options->registers_address);
	capabilities_add(pci);
	if (options->msix) {
		pci_bar_add(&pci->function, VIRTIO_PCI_MSIX_BAR, false, PCI_MSIX_SIZE, options->msix_address);
		pci_msix_add(&pci->function, VIRTIO_PCI_MSIX_BAR, device->kind->queues + 1, options->msix);
	}
	pci_bus_add(bus, number, &pci->function, !options->msix_only);
	device->transport = &transport;
	device->transport_context = pci;
	reset(pci);
}
