/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's ends of ports: by a driver as the standard wants it (and Linux has it), and by others. */
#include <host_test.h>
#include <virtio_ports.h>

#include <string.h>

#include "virtqueue_driver.h"
#include "vmm_stubs.h"

enum { VALUE, MAIL, OUT, WATCHDOG, PORTS };
enum { CONTROL_IN = 2, CONTROL_OUT = 3, QUEUES = 10 };
enum { DEVICE_READY = 0, DEVICE_ADD = 1, PORT_READY = 3, PORT_OPEN = 6, PORT_NAME = 7 };
enum { CHAINED = 1, WRITABLE = 2 };
#define F_MULTIPORT 2

/* The driver's memory: for each queue its three parts, then buffers of BUFFER bytes for each of its descriptors. */
#define MEMORY_BASE 0x80000000UL
#define QUEUE_MEMORY 0x1000
#define QUEUE_SIZE 8
#define BUFFER 512
#define DATA (MEMORY_BASE + QUEUES * QUEUE_MEMORY)
#define MEMORY_SIZE (QUEUES * (QUEUE_MEMORY + QUEUE_SIZE * BUFFER))

static struct {
	uint8_t memory[MEMORY_SIZE];
	struct virtio_ports ports;
	uint16_t used_seen[QUEUES];
	unsigned int interrupts, config_interrupts;
	/* The other ends. */
	char value[64];            /* the newest; empty: none that is valid */
	bool value_given;
	char mail[8][64];          /* messages that wait */
	unsigned int mail_first, mail_count;
	char sent[CHANNEL_PORT_SIZE + 1]; /* all that the guest has sent, one after another */
	unsigned int sent_count, refused, room, signs;
	bool endless;              /* the driver makes a buffer available for each that is sent */
} t;

struct driver_memory driver_memory = {t.memory, MEMORY_BASE, MEMORY_SIZE};

/* --- The other ends --- */

const char *channel_port_name(unsigned int number)
{
	static const char *const names[PORTS] = {"value", "mail", "fifteen-letters", "watchdog"};
	return names[number];
}

bool channel_port_is_read(unsigned int number)
{
	return number < OUT;
}

bool channel_port_is_watchdog(unsigned int number)
{
	return number == WATCHDOG;
}

void channel_port_alive(void)
{
	t.signs++;
}

bool channel_port_is_value(unsigned int number)
{
	return number == VALUE;
}

uint32_t channel_port_size(unsigned int number)
{
	(void)number;
	return 20;
}

static void more_available(void);

bool channel_port_send(unsigned int number, const uint8_t *message, uint32_t length)
{
	EXPECT_EQ(OUT, number);
	EXPECT_TRUE(length > 0 && length <= 20);
	if (!t.room)
		return false;
	t.room--;
	t.sent_count++;
	if (t.endless)
		more_available();
	if (strlen(t.sent) + length < sizeof(t.sent))
		strncat(t.sent, (const char *)message, length);
	return true;
}

void channel_port_refuse(unsigned int number)
{
	EXPECT_EQ(OUT, number);
	t.refused++;
}

uint32_t channel_port_receive(unsigned int number, uint8_t *message)
{
	const char *text = number == VALUE ? t.value : t.mail[t.mail_first % 8];

	EXPECT_TRUE(number < OUT);
	if (number == VALUE ? t.value_given || !t.value[0] : t.mail_first == t.mail_count)
		return 0;
	t.value_given = t.value_given || number == VALUE;
	t.mail_first += number == MAIL;
	memcpy(message, text, strlen(text));
	return strlen(text);
}

void channel_port_rewind(unsigned int number)
{
	if (number == VALUE)
		t.value_given = false;
}

static void write_value(const char *text)
{
	strcpy(t.value, text);
	t.value_given = false;
	virtio_ports_exchange(&t.ports);
}

static void post(const char *text)
{
	strcpy(t.mail[t.mail_count++ % 8], text);
	virtio_ports_exchange(&t.ports);
}

/* --- The driver --- */

static void interrupt(void *context, enum virtio_cause cause, unsigned int queue)
{
	(void)context;
	EXPECT_TRUE(queue < QUEUES);
	t.interrupts += cause == VIRTIO_CAUSE_QUEUE;
	t.config_interrupts += cause == VIRTIO_CAUSE_CONFIG;
}

static uint64_t part(unsigned int queue, unsigned int number)
{
	static const uint64_t at[] = {0, 0x400, 0x800};
	return MEMORY_BASE + queue * QUEUE_MEMORY + at[number];
}

static uint64_t buffer(unsigned int queue, unsigned int index)
{
	return DATA + (queue * QUEUE_SIZE + index) * BUFFER;
}

static unsigned int in_queue(unsigned int port)
{
	return port ? 2 * port + 2 : 0;
}

static void more_available(void)
{
	uint64_t index = part(in_queue(OUT) + 1, 1) + 2;
	put(index, 2, get(index, 2) + 1);
}

static void make_machine(void)
{
	static const struct virtio_transport transport = {.interrupt = interrupt};

	stubs_reset();
	memset(&t, 0, sizeof(t));
	t.room = 1000;
	t.ports.device.transport = &transport;
	virtio_ports_init(&t.ports, PORTS, driver_memory_for_device, &driver_memory);
}

/* The device is not notified. */
static void offer_silently(unsigned int queue, uint16_t head)
{
	put_available(part(queue, 1), QUEUE_SIZE, head);
}

static void offer(unsigned int queue, uint16_t head)
{
	offer_silently(queue, head);
	virtio_notify(&t.ports.device, queue);
}

static void describe(unsigned int queue, unsigned int index, uint32_t length, uint16_t flags, uint16_t next)
{
	put_descriptor(part(queue, 0), index, buffer(queue, index), length, flags, next);
}

static void give_buffer(unsigned int queue, unsigned int index)
{
	describe(queue, index, BUFFER, WRITABLE, 0);
	offer(queue, index);
}

static void start_queue(unsigned int queue)
{
	struct l4_virtqueue_place *place = virtio_queue_place(&t.ports.device, queue);
	EXPECT_TRUE(place);
	*place = (struct l4_virtqueue_place){QUEUE_SIZE, part(queue, 0), part(queue, 1), part(queue, 2)};
	virtio_enable_queue(&t.ports.device, queue);
	t.used_seen[queue] = 0;
}

/* Up to the point at which Linux's driver has set up its queues. */
static void start_device(uint32_t features)
{
	struct virtio_device *device = &t.ports.device;
	memset(t.memory, 0, QUEUES * QUEUE_MEMORY);
	virtio_write_status(device, 0);
	virtio_write_status(device, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
	virtio_write_features(device, 0, features);
	virtio_write_features(device, 1, 1);
	virtio_write_status(device, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK);
	for (unsigned int i = 0; i < QUEUES; i++)
		start_queue(i);
	virtio_write_status(device, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK | VIRTIO_DRIVER_OK);
}

static void send(unsigned int queue, const void *data, uint32_t length)
{
	uint16_t index = get(part(queue, 1) + 2, 2) % QUEUE_SIZE;
	memcpy(driver_at(buffer(queue, index)), data, length);
	describe(queue, index, length, 0, 0);
	offer(queue, index);
}

static void send_text(const char *text)
{
	send(in_queue(OUT) + 1, text, strlen(text));
}

static void tell(uint32_t port, uint16_t event, uint16_t value)
{
	struct {
		uint32_t port;
		uint16_t event, value;
	} message = {port, event, value};
	send(CONTROL_OUT, &message, sizeof(message));
}

/* The next buffer that came back; false for none. */
static bool returned(unsigned int queue, uint32_t *head, uint32_t *length)
{
	return get_used(part(queue, 2), QUEUE_SIZE, &t.used_seen[queue], head, length);
}

static unsigned int count_returned(unsigned int queue)
{
	uint32_t head, length;
	unsigned int count = 0;
	while (returned(queue, &head, &length))
		count++;
	return count;
}

/* The driver has the text, in a buffer which its reader then reads: it is offered again. */
static void expect_read(unsigned int port, const char *text, bool read)
{
	uint32_t head, length;
	EXPECT_TRUE(returned(in_queue(port), &head, &length));
	EXPECT_EQ(strlen(text), length);
	EXPECT_EQ(0, memcmp(driver_at(buffer(in_queue(port), head)), text, length));
	if (read)
		offer(in_queue(port), head);
}

static void expect_nothing(unsigned int port)
{
	uint32_t head, length;
	EXPECT_TRUE(!returned(in_queue(port), &head, &length));
}

static void expect_told(uint32_t port, uint16_t event, const char *name)
{
	uint32_t head, length;
	EXPECT_TRUE(returned(CONTROL_IN, &head, &length));
	uint64_t at = buffer(CONTROL_IN, head);
	EXPECT_EQ(8 + strlen(name), length);
	EXPECT_EQ(port, get(at, 4));
	EXPECT_EQ(event, get(at + 4, 2));
	EXPECT_EQ(1, get(at + 6, 2));
	EXPECT_EQ(0, memcmp(driver_at(at + 8), name, strlen(name)));
	offer(CONTROL_IN, head);
}

/* As Linux does it. */
static void start(void)
{
	start_device(F_MULTIPORT);
	for (unsigned int i = 0; i < QUEUE_SIZE; i++)
		give_buffer(CONTROL_IN, i);
	tell(~0U, DEVICE_READY, 1);
	for (unsigned int i = 0; i < PORTS; i++) {
		expect_told(i, DEVICE_ADD, "");
		for (unsigned int j = 0; j < 3; j++)
			give_buffer(in_queue(i), j);
		tell(i, PORT_READY, 1);
	}
	for (unsigned int i = 0; i < PORTS; i++) {
		expect_told(i, PORT_NAME, channel_port_name(i));
		expect_told(i, PORT_OPEN, "");
	}
}

TEST(VVP0101, "the device has two queues for each port and two for control, and tells how many ports it has")
{
	make_machine();
	EXPECT_EQ(QUEUES, t.ports.kind.queues);
	EXPECT_EQ(F_MULTIPORT | VIRTIO_F_VERSION_1, virtio_features(&t.ports.device));
	EXPECT_EQ(PORTS, virtio_config_read(&t.ports.device, 4, 4));
	virtio_config_write(&t.ports.device, 8, 4, 'x');
	EXPECT_EQ(0, stubs.output_length);
}

TEST(VVP0102, "a driver that is ready learns of all ports, and then of each one's name and that its other end is open, as it has buffers for that")
{
	make_machine();
	start();
	start_device(F_MULTIPORT);
	tell(~0U, DEVICE_READY, 1);
	for (unsigned int i = 0; i < PORTS; i++)
		tell(i, PORT_READY, 1);
	EXPECT_EQ(0, count_returned(CONTROL_IN));
	give_buffer(CONTROL_IN, 0);
	expect_told(0, DEVICE_ADD, "");
	expect_told(0, PORT_NAME, "value");
	expect_told(0, PORT_OPEN, "");
	expect_told(1, DEVICE_ADD, "");
}

TEST(VVP0103, "a driver that knows of no ports, or of others, is told nothing and gets nothing")
{
	make_machine();
	start_device(0);
	give_buffer(CONTROL_IN, 0);
	give_buffer(0, 0);
	tell(~0U, DEVICE_READY, 1);
	post("mail");
	EXPECT_EQ(0, count_returned(CONTROL_IN) + count_returned(0));
	start_device(F_MULTIPORT);
	give_buffer(CONTROL_IN, 0);
	tell(PORTS, PORT_READY, 1);
	tell(0x80000000, PORT_OPEN, 1);
	tell(0, PORT_NAME, 1);
	tell(0, 1000, 1);
	tell(~0U, DEVICE_READY, 0);
	send(CONTROL_OUT, "short", 5);
	EXPECT_EQ(0, count_returned(CONTROL_IN));
	EXPECT_EQ(6, count_returned(CONTROL_OUT));
}

TEST(VVP0104, "what is too short to be told the device, or about a port that it has not, changes nothing")
{
	static const uint32_t others[] = {PORTS, PORTS + 1, 0x80000000, ~0U};
	make_machine();
	start();
	post("first");
	tell(MAIL, PORT_OPEN, 1);
	expect_read(MAIL, "first", true);
	tell(MAIL, PORT_OPEN, 0);
	post("second");
	struct {
		uint32_t port;
		uint16_t event, value;
	} open = {MAIL, PORT_OPEN, 1};
	for (unsigned int length = 0; length < sizeof(open); length++)
		send(CONTROL_OUT, &open, length); /* behind the same whole message, which was the last but one */
	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		for (unsigned int event = 0; event <= PORT_NAME; event++)
			tell(others[i], event, 1);
	expect_nothing(MAIL);
	EXPECT_TRUE(virtio_ready(&t.ports.device));
	tell(MAIL, PORT_OPEN, 1);
	expect_read(MAIL, "second", true);
}

TEST(VVP0201, "what the guest writes at once is one message; what is empty or too long is none")
{
	make_machine();
	start();
	send_text("one\n");
	send_text("two\n");
	EXPECT_EQ(2, t.sent_count);
	EXPECT_STRING("one\ntwo\n", t.sent);
	send_text("this has more than twenty bytes");
	send_text("");
	EXPECT_EQ(2, t.sent_count);
	EXPECT_EQ(2, t.refused);
	EXPECT_EQ(4, count_returned(in_queue(OUT) + 1));
	EXPECT_TRUE(t.interrupts > 0);
}

TEST(VVP0202, "pieces of one buffer are one message")
{
	unsigned int queue = in_queue(OUT) + 1;

	make_machine();
	start();
	memcpy(driver_at(buffer(queue, 0)), "hel", 3);
	memcpy(driver_at(buffer(queue, 1)), "lo", 2);
	describe(queue, 0, 3, CHAINED, 1);
	describe(queue, 1, 2, 0, 0);
	offer(queue, 0);
	EXPECT_EQ(1, t.sent_count);
	EXPECT_STRING("hello", t.sent);
}

TEST(VVP0203, "where there is no room the guest's buffers wait, and nothing is lost")
{
	make_machine();
	start();
	t.room = 1;
	for (int i = 0; i < 4; i++)
		send_text("x");
	EXPECT_EQ(1, t.sent_count);
	EXPECT_EQ(1, count_returned(in_queue(OUT) + 1));
	t.room = 2;
	virtio_ports_exchange(&t.ports);
	EXPECT_EQ(2, count_returned(in_queue(OUT) + 1));
	t.room = 2;
	virtio_ports_exchange(&t.ports);
	EXPECT_EQ(1, count_returned(in_queue(OUT) + 1));
	EXPECT_EQ(4, t.sent_count);
	EXPECT_EQ(0, t.refused);
}

TEST(VVP0204, "what the guest writes to a port that it can only read goes nowhere, and holds nothing up")
{
	make_machine();
	start();
	for (int i = 0; i < 20; i++)
		send(in_queue(MAIL) + 1, "x", 1);
	EXPECT_EQ(20, count_returned(in_queue(MAIL) + 1));
	EXPECT_EQ(0, t.sent_count);
}

TEST(VVP0209, "whatever is written to the port for signs of life is one for each notification, and goes nowhere")
{
	static const char text[BUFFER] = "longer than any message";
	unsigned int queue = in_queue(WATCHDOG) + 1;
	make_machine();
	start();
	EXPECT_EQ(0, t.signs);
	send(queue, text, sizeof(text));
	EXPECT_EQ(1, t.signs);
	send(queue, text, 0);
	EXPECT_EQ(2, t.signs);
	EXPECT_EQ(2, count_returned(queue));
	for (unsigned int i = 0; i < QUEUE_SIZE; i++) {
		uint16_t index = get(part(queue, 1) + 2, 2);
		describe(queue, i, 1, 0, 0);
		put(part(queue, 1) + 4 + 2 * (index % QUEUE_SIZE), 2, i);
		put(part(queue, 1) + 2, 2, index + 1);
	}
	virtio_notify(&t.ports.device, queue);
	EXPECT_EQ(3, t.signs);
	EXPECT_EQ(QUEUE_SIZE, count_returned(queue));
	EXPECT_EQ(0, t.sent_count);
	EXPECT_EQ(0, t.refused);
}

TEST(VVP0210, "there is nothing to read at the port for signs of life, and nothing is a sign but a write")
{
	make_machine();
	start();
	tell(WATCHDOG, PORT_OPEN, 1);
	virtio_ports_exchange(&t.ports);
	virtio_notify(&t.ports.device, in_queue(WATCHDOG) + 1);
	tell(WATCHDOG, PORT_OPEN, 0);
	expect_nothing(WATCHDOG);
	start();
	expect_nothing(WATCHDOG);
	EXPECT_EQ(0, t.signs);
}

TEST(VVP0205, "messages come only to an open port, one at a time as the last is read")
{
	make_machine();
	start();
	post("first");
	post("second");
	expect_nothing(MAIL);
	tell(MAIL, PORT_OPEN, 1);
	expect_read(MAIL, "first", false);
	expect_nothing(MAIL);
	virtio_ports_exchange(&t.ports);
	expect_nothing(MAIL);
	offer(in_queue(MAIL), 0);
	expect_read(MAIL, "second", true);
	expect_nothing(MAIL);
	post("third");
	expect_read(MAIL, "third", true);
}

TEST(VVP0206, "what was not read when the guest closed the port, or its driver died, comes again, and what was read does not")
{
	make_machine();
	start();
	post("first");
	post("second");
	tell(MAIL, PORT_OPEN, 1);
	expect_read(MAIL, "first", true);
	expect_read(MAIL, "second", false);
	tell(MAIL, PORT_OPEN, 0);
	offer(in_queue(MAIL), 1); /* thrown away */
	post("third");
	expect_nothing(MAIL);
	tell(MAIL, PORT_OPEN, 1);
	expect_read(MAIL, "second", false);
	start();
	expect_nothing(MAIL);
	tell(MAIL, PORT_OPEN, 1);
	expect_read(MAIL, "second", true);
	expect_read(MAIL, "third", true);
	tell(MAIL, PORT_OPEN, 0);
	tell(MAIL, PORT_OPEN, 1);
	expect_nothing(MAIL);
	post("fourth");
	expect_read(MAIL, "fourth", false);
	offer_silently(in_queue(MAIL), 0); /* read, and closed before the device has looked */
	tell(MAIL, PORT_OPEN, 0);
	tell(MAIL, PORT_OPEN, 1);
	expect_nothing(MAIL);
}

TEST(VVP0207, "who opens the port of a value gets the newest, and then each that is newest when the last has been read")
{
	make_machine();
	start();
	write_value("1");
	write_value("2");
	tell(VALUE, PORT_OPEN, 1);
	expect_read(VALUE, "2", false);
	write_value("3");
	write_value("4");
	expect_nothing(VALUE);
	offer(in_queue(VALUE), 0);
	expect_read(VALUE, "4", false);
	tell(VALUE, PORT_OPEN, 0);
	offer(in_queue(VALUE), 1);
	write_value("5");
	expect_nothing(VALUE);
	tell(VALUE, PORT_OPEN, 1);
	expect_read(VALUE, "5", true);
	tell(VALUE, PORT_OPEN, 0);
	tell(VALUE, PORT_OPEN, 1);
	expect_read(VALUE, "5", true);
	expect_nothing(VALUE);
}

TEST(VVP0301, "a buffer of the wrong direction, or without room for what is told, stops the device until it is reset")
{
	make_machine();
	start();
	describe(in_queue(OUT) + 1, 0, 4, WRITABLE, 0);
	offer(in_queue(OUT) + 1, 0);
	EXPECT_EQ(1, t.config_interrupts);
	EXPECT_TRUE(!virtio_ready(&t.ports.device));
	start();
	tell(MAIL, PORT_OPEN, 1);
	describe(in_queue(MAIL), 7, 4, 0, 0);
	for (int i = 0; i < 4; i++)
		offer(in_queue(MAIL), 7);
	for (int i = 0; i < 4 && virtio_ready(&t.ports.device); i++)
		post("x"), count_returned(in_queue(MAIL)), offer(in_queue(MAIL), 0);
	EXPECT_EQ(2, t.config_interrupts);
	start_device(F_MULTIPORT);
	describe(CONTROL_IN, 0, 7, WRITABLE, 0);
	offer(CONTROL_IN, 0);
	tell(~0U, DEVICE_READY, 1);
	EXPECT_EQ(3, t.config_interrupts);
	start();
}

TEST(VVP0302, "a buffer that is too small has the beginning of the message")
{
	uint32_t head, length;

	make_machine();
	start_device(F_MULTIPORT);
	describe(in_queue(MAIL), 0, 3, WRITABLE, 0);
	offer(in_queue(MAIL), 0);
	tell(MAIL, PORT_OPEN, 1);
	post("abcdef");
	EXPECT_TRUE(returned(in_queue(MAIL), &head, &length) && length == 3);
	EXPECT_EQ(0, memcmp(driver_at(buffer(in_queue(MAIL), 0)), "abc", 3));
}

TEST(VVP0303, "a driver that always has more lets the VMM do other things in between, and is gone on with later")
{
	make_machine();
	start();
	t.room = ~0U;
	t.endless = true;
	for (unsigned int i = 0; i < QUEUE_SIZE; i++)
		describe(in_queue(OUT) + 1, i, 20, 0, 0);
	offer(in_queue(OUT) + 1, 0);
	unsigned int sent = t.sent_count;
	EXPECT_TRUE(sent > 0 && sent < L4_VIRTQUEUE_SIZE_MAX);
	EXPECT_EQ(1, stubs.calls_back);
	virtio_ports_exchange(&t.ports);
	EXPECT_EQ(2 * sent, t.sent_count);
}

static void random_memory(void)
{
	uint64_t offset = host_random() % (QUEUES * QUEUE_MEMORY - 8), value = host_random() % 3 ? host_random() % 16 : host_random();
	switch (host_random() % 4) {
	case 0: memcpy(t.memory + offset, &value, 1 + host_random() % 8); break;
	case 1:
		describe(host_random() % QUEUES, host_random() % QUEUE_SIZE, host_random() % 3 ? host_random() % 600 : host_random(), host_random() % 4,
			 host_random() % 10);
		break;
	case 2: offer(host_random() % QUEUES, host_random() % (QUEUE_SIZE + 1)); break;
	default: tell(host_random() % 5 ? host_random() % PORTS : host_random(), host_random() % 9, host_random() % 3); break;
	}
}

TEST(VVP0401, "whatever the driver writes to its memory and whatever it does, the device stays within both")
{
	make_machine();
	for (unsigned int round = 0; round < 300; round++) {
		start_device(F_MULTIPORT);
		for (unsigned int i = 0; i < 4; i++)
			for (unsigned int port = 0; port < PORTS; port++)
				give_buffer(in_queue(port), i), give_buffer(CONTROL_IN, i);
		for (unsigned int step = 0; step < 200; step++) {
			random_memory();
			t.room = host_random() % 4;
			if (host_random() % 8 == 0 && t.mail_count - t.mail_first < 8)
				post("message");
			if (host_random() % 8 == 0)
				write_value("value");
			virtio_ports_exchange(&t.ports);
		}
	}
	/* After all that a driver as it should be finds a device as it should be. */
	t.mail_first = t.mail_count;
	t.sent_count = 0;
	t.room = 10;
	start();
	send_text("again");
	EXPECT_EQ(1, t.sent_count);
}
