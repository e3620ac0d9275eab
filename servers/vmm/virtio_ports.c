/* SPDX-License-Identifier: BSD-2-Clause */
#include "virtio_ports.h"

#include <stddef.h>
#include <string.h>

#include "budget.h"

enum { ID_CONSOLE = 3, CLASS_COMMUNICATION_OTHER = 0x078000 };
#define F_MULTIPORT (1U << 1)
enum { CONFIG_PORTS = 4, CONFIG_SIZE = 12 };

/* Queues: port 0's, those for control, the other ports'. Each first what the driver receives into, then what it sends. */
enum { QUEUE_CONTROL = 2 };
_Static_assert(2 * (CHANNEL_PORTS_ALL + 1) <= VIRTIO_QUEUES_MAX, "two queues for each port, and two for control");

/* struct virtio_console_control */
enum { CONTROL_PORT = 0, CONTROL_EVENT = 4, CONTROL_VALUE = 6, CONTROL_BYTES = 8 };
enum event { DEVICE_READY = 0, DEVICE_ADD = 1, PORT_READY = 3, PORT_OPEN = 6, PORT_NAME = 7 };
#define NAME_MAX 16

/* A driver that sends for ever has to let the VMM do other things in between. Each message counts as MESSAGE_COST more bytes than it has. */
#define BYTES_A_CALL 16384
#define MESSAGE_COST 256

static struct virtio_ports *of_device(struct virtio_device *device)
{
	return (struct virtio_ports *)device;
}
_Static_assert(offsetof(struct virtio_ports, device) == 0, "of_device() casts");

static unsigned int receive_queue(unsigned int number)
{
	return number ? 2 * number + 2 : 0;
}

static unsigned int send_queue(unsigned int number)
{
	return receive_queue(number) + 1;
}

/* --- Buffers --- */

/* Takes the next buffer of a queue, if none is held. Buffers that the device reads have nothing to write in them, and the other way round. */
static bool take(struct virtio_ports *ports, unsigned int queue, bool is_written, struct l4_virtqueue_chain *chain, bool *held)
{
	if (*held)
		return true;
	if (!virtio_take(&ports->device, queue, chain))
		return false;
	if (chain->readable != (is_written ? 0 : chain->pieces)) {
		virtio_break(&ports->device);
		return false;
	}
	*held = true;
	return true;
}

static void give_back(struct virtio_ports *ports, unsigned int queue, const struct l4_virtqueue_chain *chain, bool *held, uint32_t written)
{
	*held = false;
	l4_virtqueue_give_back(&ports->device.queue[queue].ring, chain->head, written);
}

/* Copies at most `most` bytes out; gives how many there are in all, or more than `most`. */
static uint64_t gather(const struct l4_virtqueue_chain *chain, uint8_t *to, uint32_t most)
{
	uint64_t total = 0;
	for (unsigned int i = 0; i < chain->pieces; i++) {
		const struct l4_virtqueue_piece *piece = &chain->piece[i];
		if (total < most)
			memcpy(to + total, piece->data, piece->length < most - total ? piece->length : most - total);
		total += piece->length;
	}
	return total;
}

/* Gives how many fitted in. */
static uint32_t scatter(const struct l4_virtqueue_chain *chain, const uint8_t *from, uint32_t length)
{
	uint32_t done = 0;
	for (unsigned int i = 0; i < chain->pieces && done < length; i++) {
		const struct l4_virtqueue_piece *piece = &chain->piece[i];
		uint32_t count = piece->length < length - done ? piece->length : length - done;
		memcpy(piece->data, from + done, count);
		done += count;
	}
	return done;
}

/* --- Control --- */

static void tell_all(struct virtio_ports *ports)
{
	for (unsigned int i = 0; i < ports->count; i++)
		ports->port[i].tell_added = true;
}

static void set_open(struct virtio_port *port, unsigned int number, bool is_open)
{
	if (is_open == port->is_open)
		return;
	port->is_open = is_open;
	if (is_open)
		channel_port_rewind(number);
}

/* Whether the reader has had the last message: then the driver has offered its buffer again. */
static void look_whether_read(struct virtio_ports *ports, unsigned int number)
{
	struct virtio_port *port = &ports->port[number];
	port->unread = port->unread && l4_virtqueue_offered(&ports->device.queue[receive_queue(number)].ring) == port->offered;
}

/* What is unread when the guest closes the port its driver throws away. */
static void close_port(struct virtio_ports *ports, unsigned int number)
{
	struct virtio_port *port = &ports->port[number];
	look_whether_read(ports, number);
	port->again = port->again || (port->unread && !channel_port_is_value(number));
	port->unread = false;
	set_open(port, number, false);
}

static void control(struct virtio_ports *ports, const uint8_t message[CONTROL_BYTES])
{
	uint32_t number;
	uint16_t event, value;
	memcpy(&number, message + CONTROL_PORT, sizeof(number));
	memcpy(&event, message + CONTROL_EVENT, sizeof(event));
	memcpy(&value, message + CONTROL_VALUE, sizeof(value));
	if (event == DEVICE_READY && value == 1)
		tell_all(ports);
	if (number >= ports->count)
		return;
	if (event == PORT_READY && value == 1)
		ports->port[number].tell_name = ports->port[number].tell_open = true;
	else if (event == PORT_OPEN && value)
		set_open(&ports->port[number], number, true);
	else if (event == PORT_OPEN)
		close_port(ports, number);
}

static void take_control(struct virtio_ports *ports)
{
	static struct l4_virtqueue_chain chain;
	bool held = false;
	for (unsigned int i = 0; i < L4_VIRTQUEUE_SIZE_MAX && take(ports, QUEUE_CONTROL + 1, false, &chain, &held); i++) {
		uint8_t message[CONTROL_BYTES];
		if (gather(&chain, message, sizeof(message)) >= sizeof(message))
			control(ports, message);
		give_back(ports, QUEUE_CONTROL + 1, &chain, &held, 0);
	}
	virtio_announce(&ports->device, QUEUE_CONTROL + 1);
}

/* True: the driver has been told. A buffer without room for it is against the rules. */
static bool tell(struct virtio_ports *ports, unsigned int number, enum event event)
{
	uint8_t message[CONTROL_BYTES + NAME_MAX] = {[CONTROL_PORT] = (uint8_t)number, [CONTROL_EVENT] = event, [CONTROL_VALUE] = 1};
	uint32_t length = CONTROL_BYTES;
	if (event == PORT_NAME) {
		size_t name = strnlen(channel_port_name(number), NAME_MAX);
		memcpy(message + CONTROL_BYTES, channel_port_name(number), name);
		length += name;
	}
	if (!take(ports, QUEUE_CONTROL, true, &ports->control, &ports->control_held))
		return false;
	if (scatter(&ports->control, message, length) < length) {
		virtio_break(&ports->device);
		return false;
	}
	give_back(ports, QUEUE_CONTROL, &ports->control, &ports->control_held, length);
	return true;
}

/* Stops where there is no buffer: what is left to tell stays noted. */
static bool tell_port(struct virtio_ports *ports, unsigned int number)
{
	struct virtio_port *port = &ports->port[number];
	port->tell_added = port->tell_added && !tell(ports, number, DEVICE_ADD);
	port->tell_name = port->tell_name && (port->tell_added || !tell(ports, number, PORT_NAME));
	port->tell_open = port->tell_open && (port->tell_name || !tell(ports, number, PORT_OPEN));
	return !port->tell_added && !port->tell_name && !port->tell_open;
}

static void exchange_control(struct virtio_ports *ports)
{
	take_control(ports);
	for (unsigned int i = 0; i < ports->count && tell_port(ports, i); i++)
		;
	virtio_announce(&ports->device, QUEUE_CONTROL);
}

/* --- Messages --- */

/* True: the buffer has been dealt with. What the guest writes where it can only read is nobody's; what is in a sign of life is not looked at. */
static bool send(unsigned int number, const struct l4_virtqueue_chain *chain, uint32_t *budget)
{
	static uint8_t message[CHANNEL_PORT_SIZE];
	if (channel_port_is_watchdog(number)) {
		budget_take(budget, MESSAGE_COST);
		return true;
	}
	uint64_t length = gather(chain, message, sizeof(message));
	budget_take(budget, MESSAGE_COST + (uint32_t)(length < sizeof(message) ? length : sizeof(message)));
	if (channel_port_is_read(number))
		return true;
	if (length > 0 && length <= channel_port_size(number))
		return channel_port_send(number, message, (uint32_t)length);
	channel_port_refuse(number);
	return true;
}

/* Not more buffers than the queue holds: what the driver adds meanwhile it notifies of. */
static void send_from_guest(struct virtio_ports *ports, unsigned int number, struct l4_virtqueue_chain *chain, bool *held)
{
	unsigned int queue = send_queue(number);
	uint32_t budget = BYTES_A_CALL;
	bool any = false;
	for (unsigned int i = 0; i < L4_VIRTQUEUE_SIZE_MAX && budget_allows(&budget) && take(ports, queue, false, chain, held); i++) {
		if (!send(number, chain, &budget))
			break;
		give_back(ports, queue, chain, held, 0);
		any = true;
	}
	if (any && channel_port_is_watchdog(number))
		channel_port_alive();
	virtio_announce(&ports->device, queue);
}

static bool next_message(struct virtio_port *port, unsigned int number)
{
	if (!port->again)
		port->last_length = channel_port_receive(number, port->last);
	port->again = false;
	return port->last_length > 0;
}

/* The buffer is taken before the message, so that none is received that has no place. */
static void receive_for_guest(struct virtio_ports *ports, unsigned int number)
{
	struct virtio_port *port = &ports->port[number];
	unsigned int queue = receive_queue(number);
	look_whether_read(ports, number);
	if (!port->is_open || port->unread || !take(ports, queue, true, &port->chain, &port->held) || !next_message(port, number))
		return;
	give_back(ports, queue, &port->chain, &port->held, scatter(&port->chain, port->last, port->last_length));
	port->unread = true;
	port->offered = l4_virtqueue_offered(&ports->device.queue[queue].ring);
	virtio_announce(&ports->device, queue);
}

static void exchange_port(struct virtio_ports *ports, unsigned int number)
{
	static struct l4_virtqueue_chain unwanted;
	bool held = false;
	if (channel_port_is_read(number)) {
		send_from_guest(ports, number, &unwanted, &held);
		receive_for_guest(ports, number);
	} else {
		send_from_guest(ports, number, &ports->port[number].chain, &ports->port[number].held);
	}
}

/* A driver that knows of no more than one port has none. */
void virtio_ports_exchange(struct virtio_ports *ports)
{
	if (!virtio_ready(&ports->device) || !(ports->device.driver_features & F_MULTIPORT))
		return;
	exchange_control(ports);
	for (unsigned int i = 0; i < ports->count && virtio_ready(&ports->device); i++)
		exchange_port(ports, i);
}

/* --- The kind --- */

/* What the driver had and may not have shown to anybody comes again. */
static void reset(struct virtio_device *device)
{
	struct virtio_ports *ports = of_device(device);
	ports->control_held = false;
	for (unsigned int i = 0; i < ports->count; i++) {
		struct virtio_port *port = &ports->port[i];
		port->again = port->again || (port->unread && !channel_port_is_value(i));
		port->unread = port->held = port->is_open = false;
		port->tell_added = port->tell_name = port->tell_open = false;
	}
}

static void notify(struct virtio_device *device, unsigned int queue)
{
	(void)queue;
	virtio_ports_exchange(of_device(device));
}

static void config_read(const struct virtio_device *device, uint8_t config[VIRTIO_CONFIG_MAX])
{
	config[CONFIG_PORTS] = (uint8_t)((const struct virtio_ports *)device)->count;
}

static void config_write(struct virtio_device *device, unsigned int offset, unsigned int width, uint32_t value)
{
	(void)device;
	(void)offset;
	(void)width;
	(void)value; /* there is nothing to write: no console, and so no emergency */
}

void virtio_ports_init(struct virtio_ports *ports, unsigned int count, l4_virtqueue_memory *memory, void *context)
{
	ports->count = count;
	ports->kind = (struct virtio_kind){
		.id = ID_CONSOLE, .pci_class = CLASS_COMMUNICATION_OTHER, .features = F_MULTIPORT, .queues = 2 * (count + 1), .config_size = CONFIG_SIZE,
		.reset = reset, .notify = notify, .config_read = config_read, .config_write = config_write,
	};
	virtio_init(&ports->device, &ports->kind, memory, context);
}
