/* SPDX-License-Identifier: BSD-2-Clause */
#include "virtio_console.h"

#include <stddef.h>

#include "budget.h"
#include "terminal.h"

enum { ID_CONSOLE = 3, CLASS_COMMUNICATION_OTHER = 0x078000 };
#define F_EMERGENCY_WRITE (1U << 2)
enum { CONFIG_EMERGENCY_WRITE = 8, CONFIG_SIZE = 12 };
enum { QUEUE_INPUT = 0, QUEUE_OUTPUT = 1, QUEUES = 2 };

/* A driver that sends for ever has to let the VMM do other things in between. */
#define BYTES_A_CALL 16384

static struct virtio_console *of_device(struct virtio_device *device)
{
	return (struct virtio_console *)device;
}
_Static_assert(offsetof(struct virtio_console, device) == 0, "of_device() casts");

/* --- Output --- */

/*
 * True: all of the chain has been written. False: the terminal has no more room, or this call has done enough. That there is no room shows only in a
 * write that moved nothing: then the terminal tells when there is some.
 */
static bool write_chain(struct virtio_console *console, uint32_t *budget)
{
	const struct l4_virtqueue_chain *chain = &console->output;
	while (console->output_piece < chain->pieces) {
		const struct l4_virtqueue_piece *piece = &chain->piece[console->output_piece];
		uint32_t rest = piece->length - console->output_offset;
		if (!rest) {
			console->output_piece++;
			console->output_offset = 0;
			continue;
		}
		if (!budget_allows(budget))
			return false;
		size_t count = terminal_write(piece->data + console->output_offset, rest < *budget ? rest : *budget);
		if (!count)
			return false;
		budget_take(budget, count);
		console->output_offset += count;
	}
	return true;
}

static bool take_output(struct virtio_console *console)
{
	if (console->output_held)
		return true;
	if (!virtio_take(&console->device, QUEUE_OUTPUT, &console->output))
		return false;
	if (console->output.readable < console->output.pieces) {
		virtio_break(&console->device);
		return false;
	}
	console->output_held = true;
	console->output_piece = 0;
	console->output_offset = 0;
	console->spoken = true;
	return true;
}

/* Not more chains than the queue holds: what the driver adds meanwhile it notifies of. */
static void exchange_output(struct virtio_console *console)
{
	uint32_t budget = BYTES_A_CALL;
	for (unsigned int i = 0; i < L4_VIRTQUEUE_SIZE_MAX && take_output(console); i++) {
		if (!write_chain(console, &budget))
			break;
		console->output_held = false;
		l4_virtqueue_give_back(&console->device.queue[QUEUE_OUTPUT].ring, console->output.head, 0);
	}
	virtio_announce(&console->device, QUEUE_OUTPUT);
}

/* --- Input --- */

static bool has_room(const struct l4_virtqueue_chain *chain)
{
	for (unsigned int i = 0; i < chain->pieces; i++) {
		if (chain->piece[i].length)
			return true;
	}
	return false;
}

static bool take_input(struct virtio_console *console)
{
	if (console->input_held)
		return true;
	if (!virtio_take(&console->device, QUEUE_INPUT, &console->input))
		return false;
	if (console->input.readable || !has_room(&console->input)) {
		virtio_break(&console->device);
		return false;
	}
	console->input_held = true;
	return true;
}

static uint32_t read_chain(const struct l4_virtqueue_chain *chain)
{
	uint32_t total = 0;
	for (unsigned int i = 0; i < chain->pieces; i++) {
		const struct l4_virtqueue_piece *piece = &chain->piece[i];
		size_t count = terminal_read(piece->data, piece->length < BYTES_A_CALL - total ? piece->length : BYTES_A_CALL - total);
		total += count;
		if (count < piece->length)
			break;
	}
	return total;
}

/* The buffer is taken before there is something to put in, so that nothing is read from the terminal that has no place. */
static void exchange_input(struct virtio_console *console)
{
	for (unsigned int i = 0; i < L4_VIRTQUEUE_SIZE_MAX && take_input(console); i++) {
		terminal_claim(console->spoken);
		uint32_t count = console->spoken ? read_chain(&console->input) : 0;
		if (!count)
			break;
		console->input_held = false;
		l4_virtqueue_give_back(&console->device.queue[QUEUE_INPUT].ring, console->input.head, count);
	}
	virtio_announce(&console->device, QUEUE_INPUT);
}

void virtio_console_exchange(struct virtio_console *console)
{
	if (virtio_ready(&console->device))
		exchange_output(console);
	if (virtio_ready(&console->device))
		exchange_input(console);
	if (!virtio_ready(&console->device))
		terminal_claim(false);
}

/* --- The kind --- */

static void reset(struct virtio_device *device)
{
	struct virtio_console *console = of_device(device);
	console->output_held = false;
	console->input_held = false;
	console->spoken = false;
	terminal_claim(false);
}

static void notify(struct virtio_device *device, unsigned int queue)
{
	(void)queue;
	virtio_console_exchange(of_device(device));
}

static void config_read(const struct virtio_device *device, uint8_t config[VIRTIO_CONFIG_MAX])
{
	(void)device;
	(void)config; /* the size of the screen, which is not offered, and a field that is only written */
}

/* One byte without a queue, lost where there is no room. */
static void config_write(struct virtio_device *device, unsigned int offset, unsigned int width, uint32_t value)
{
	(void)device;
	(void)width;
	if (offset == CONFIG_EMERGENCY_WRITE)
		terminal_put(value);
}

void virtio_console_init(struct virtio_console *console, l4_virtqueue_memory *memory, void *context)
{
	static const struct virtio_kind kind = {
		.id = ID_CONSOLE, .pci_class = CLASS_COMMUNICATION_OTHER, .features = F_EMERGENCY_WRITE, .queues = QUEUES,
		.config_size = CONFIG_SIZE, .reset = reset, .notify = notify, .config_read = config_read, .config_write = config_write,
	};
	virtio_init(&console->device, &kind, memory, context);
}
