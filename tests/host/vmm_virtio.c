/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio console on its PCI bus, by a driver as the standard wants it, and by others. */
#include <host_test.h>
#include <virtio_console.h>
#include <virtio_pci.h>

#include <string.h>

#include "virtqueue_driver.h"
#include "vmm_stubs.h"

#define DEVICE 1
#define BDF (DEVICE << 3)
#define REGISTERS 0x40000000UL
#define PORTS 0xc000UL
#define TABLE 0x50000000UL
enum { COMMON = 1, NOTIFY = 2, ISR = 3, CONFIG = 4, WINDOW = 5, STRUCTURES };
enum { INPUT = 0, OUTPUT = 1 };
enum { F_EMERGENCY_WRITE = 4 };
enum { ACKNOWLEDGED = 3, FEATURES_OK = 8, READY = 15, NEEDS_RESET = 64 };
/* Fields of the common structure. */
enum { FEATURE_SELECT = 0, FEATURE = 4, DRIVER_SELECT = 8, DRIVER_FEATURE = 12, CONFIG_VECTOR = 16, QUEUES = 18, STATUS = 20, GENERATION = 21, SELECT = 22,
       SIZE = 24, VECTOR = 26, ENABLE = 28, NOTIFY_OFFSET = 30, PART = 32 };

/* The driver's memory: for each queue its three parts, then data. */
#define MEMORY_BASE 0x80000000UL
#define MEMORY_SIZE 0x10000
#define QUEUE_MEMORY 0x1000
#define DATA (MEMORY_BASE + 2 * QUEUE_MEMORY)
#define DATA_SIZE (MEMORY_SIZE - 2 * QUEUE_MEMORY)
#define QUEUE_SIZE 16
enum { CHAINED = 1, WRITABLE = 2 };

static struct {
	uint8_t memory[MEMORY_SIZE];
	struct pci_bus bus;
	struct pci_function bridge;
	struct virtio_console console;
	struct virtio_pci pci;
	_Alignas(8) uint32_t msix[PCI_MSIX_SIZE / 4];
	bool ports, line;
	unsigned int messages;
	uint32_t data;
	uint8_t capability[STRUCTURES];
	uint32_t offset[STRUCTURES];
	uint16_t used_seen[2];
} t;

struct driver_memory driver_memory = {t.memory, MEMORY_BASE, MEMORY_SIZE};

static void set_line(void *context, unsigned int device, bool level)
{
	EXPECT_EQ(&t, context);
	EXPECT_EQ(DEVICE, device);
	t.line = level;
}

static void send(void *context, uint64_t address, uint32_t data)
{
	EXPECT_EQ(&t, context);
	(void)address;
	t.messages++;
	t.data = data;
}

/* --- The driver's accesses --- */

static uint32_t config(unsigned int offset, unsigned int width)
{
	return pci_config_read(&t.bus, BDF, offset, width);
}

static uint32_t reg(unsigned int structure, unsigned int offset, unsigned int width)
{
	uint32_t value = 0;
	EXPECT_TRUE(pci_bus_read(&t.bus, t.ports, (t.ports ? PORTS : REGISTERS) + t.offset[structure] + offset, width, &value));
	return value;
}

static void set(unsigned int structure, unsigned int offset, unsigned int width, uint32_t value)
{
	EXPECT_TRUE(pci_bus_write(&t.bus, t.ports, (t.ports ? PORTS : REGISTERS) + t.offset[structure] + offset, width, value));
}

static void find_structures(void)
{
	for (unsigned int at = config(0x34, 1); at; at = config(at + 1, 1)) {
		if (config(at, 1) != 9)
			continue;
		unsigned int structure = config(at + 3, 1);
		EXPECT_TRUE(structure < STRUCTURES);
		EXPECT_EQ(0, config(at + 4, 1));
		t.capability[structure] = at;
		t.offset[structure] = config(at + 8, 4);
	}
}

/* The one with ports has no lines. */
static void make_machine(bool ports, bool msix)
{
	static const struct pci_platform platforms[] = {{.set_line = set_line, .send = send}, {.send = send}};
	struct virtio_pci_options options = {.ports = ports, .msix = msix ? t.msix : NULL, .msix_only = ports};

	stubs_reset();
	memset(&t, 0, sizeof(t));
	t.ports = ports;
	pci_bus_init(&t.bus, &platforms[ports], &t);
	pci_host_bridge_init(&t.bridge);
	pci_bus_add(&t.bus, 0, &t.bridge, false);
	virtio_console_init(&t.console, driver_memory_for_device, &driver_memory);
	virtio_pci_add(&t.pci, &t.console.device, &t.bus, DEVICE, &options);
	pci_config_write(&t.bus, BDF, 0x10, 4, ports ? PORTS : REGISTERS);
	pci_config_write(&t.bus, BDF, 0x14, 4, TABLE);
	pci_config_write(&t.bus, BDF, 4, 2, 7);
	find_structures();
}

/* --- A driver as the standard wants it --- */

static uint64_t part(unsigned int queue, unsigned int number)
{
	static const uint64_t at[] = {0, 0x400, 0x800};
	return MEMORY_BASE + queue * QUEUE_MEMORY + at[number];
}

static void queue_start(unsigned int queue)
{
	set(COMMON, SELECT, 2, queue);
	EXPECT_EQ(L4_VIRTQUEUE_SIZE_MAX, reg(COMMON, SIZE, 2));
	EXPECT_EQ(queue, reg(COMMON, NOTIFY_OFFSET, 2));
	set(COMMON, SIZE, 2, QUEUE_SIZE);
	for (unsigned int i = 0; i < 3; i++) {
		set(COMMON, PART + 8 * i, 4, part(queue, i));
		set(COMMON, PART + 8 * i + 4, 4, part(queue, i) >> 32);
	}
	set(COMMON, ENABLE, 2, 1);
	EXPECT_EQ(1, reg(COMMON, ENABLE, 2));
	t.used_seen[queue] = 0;
}

static void negotiate(void)
{
	memset(t.memory, 0, 2 * QUEUE_MEMORY);
	set(COMMON, STATUS, 1, 0);
	EXPECT_EQ(0, reg(COMMON, STATUS, 1));
	set(COMMON, STATUS, 1, 1);
	set(COMMON, STATUS, 1, ACKNOWLEDGED);
	set(COMMON, DRIVER_SELECT, 4, 1);
	set(COMMON, DRIVER_FEATURE, 4, 1);
	set(COMMON, STATUS, 1, ACKNOWLEDGED | FEATURES_OK);
	EXPECT_EQ(ACKNOWLEDGED | FEATURES_OK, reg(COMMON, STATUS, 1));
}

static void driver_start(void)
{
	negotiate();
	queue_start(INPUT);
	queue_start(OUTPUT);
	set(COMMON, STATUS, 1, READY);
	EXPECT_EQ(READY, reg(COMMON, STATUS, 1));
}

static void describe(unsigned int queue, unsigned int index, uint64_t address, uint32_t length, uint16_t flags, uint16_t next)
{
	put_descriptor(part(queue, 0), index, address, length, flags, next);
}

static void offer(unsigned int queue, uint16_t head)
{
	put_available(part(queue, 1), QUEUE_SIZE, head);
}

static void notify(unsigned int queue)
{
	set(NOTIFY, 4 * queue, 2, queue);
}

static void send_text(unsigned int head, const char *text)
{
	uint64_t at = DATA + 0x100 * head;
	memcpy(driver_at(at), text, strlen(text));
	describe(OUTPUT, head, at, strlen(text), 0, 0);
	offer(OUTPUT, head);
	notify(OUTPUT);
}

static void give_buffer(unsigned int head, uint32_t length)
{
	describe(INPUT, head, DATA + 0x2000 + 0x100 * head, length, WRITABLE, 0);
	offer(INPUT, head);
	notify(INPUT);
}

/* The next buffer that came back; false for none. */
static bool returned(unsigned int queue, uint32_t *head, uint32_t *length)
{
	return get_used(part(queue, 2), QUEUE_SIZE, &t.used_seen[queue], head, length);
}

static void expect_output(const char *text)
{
	EXPECT_EQ(strlen(text), stubs.output_length);
	EXPECT_EQ(0, memcmp(stubs.output, text, stubs.output_length));
}

static void expect_broken(void)
{
	EXPECT_EQ(NEEDS_RESET, reg(COMMON, STATUS, 1) & NEEDS_RESET);
	driver_start();
	send_text(0, "again");
	expect_output("again");
}

/* --- Discovery and negotiation --- */

TEST(VVI0101, "the device is a modern console; its structures lie in its first BAR, apart")
{
	for (unsigned int ports = 0; ports < 2; ports++) {
		make_machine(ports, true);
		EXPECT_EQ(0x10431af4, config(0, 4));
		EXPECT_EQ(0x07800001, config(8, 4));
		for (unsigned int i = COMMON; i <= WINDOW; i++)
			EXPECT_TRUE(t.capability[i]);
		EXPECT_EQ(4, config(t.capability[NOTIFY] + 16, 4));
		EXPECT_EQ(2, reg(COMMON, QUEUES, 2));
		EXPECT_EQ(0, t.offset[NOTIFY] % (ports ? 4 : 4096));
	}
}

TEST(VVI0102, "features: what is offered can be had, nothing else, and not without VERSION_1")
{
	make_machine(false, false);
	EXPECT_EQ(F_EMERGENCY_WRITE, reg(COMMON, FEATURE, 4));
	set(COMMON, FEATURE_SELECT, 4, 1);
	EXPECT_EQ(1, reg(COMMON, FEATURE, 4));
	set(COMMON, FEATURE_SELECT, 4, 2);
	EXPECT_EQ(0, reg(COMMON, FEATURE, 4));
	set(COMMON, STATUS, 1, ACKNOWLEDGED | FEATURES_OK);
	EXPECT_EQ(ACKNOWLEDGED, reg(COMMON, STATUS, 1));
	set(COMMON, STATUS, 1, READY);
	EXPECT_EQ(ACKNOWLEDGED, reg(COMMON, STATUS, 1));
	set(COMMON, DRIVER_SELECT, 4, 1);
	set(COMMON, DRIVER_FEATURE, 4, 3);
	set(COMMON, STATUS, 1, ACKNOWLEDGED | FEATURES_OK);
	EXPECT_EQ(ACKNOWLEDGED, reg(COMMON, STATUS, 1));
	negotiate();
	set(COMMON, DRIVER_FEATURE, 4, 0);
	EXPECT_EQ(1, reg(COMMON, DRIVER_FEATURE, 4));
	set(COMMON, STATUS, 1, 0);
	EXPECT_EQ(0, t.console.device.driver_features);
}

TEST(VVI0103, "queues that do not exist are empty; one that is enabled stays as it is")
{
	make_machine(false, true);
	driver_start();
	set(COMMON, SELECT, 2, 2);
	EXPECT_EQ(0, reg(COMMON, SIZE, 2));
	set(COMMON, SIZE, 2, 8);
	set(COMMON, ENABLE, 2, 1);
	EXPECT_EQ(0, reg(COMMON, ENABLE, 2));
	set(COMMON, SELECT, 2, 0xffff);
	set(COMMON, VECTOR, 2, 0);
	EXPECT_EQ(0xffff, reg(COMMON, VECTOR, 2));
	set(COMMON, SELECT, 2, OUTPUT);
	set(COMMON, SIZE, 2, 4);
	set(COMMON, PART, 4, 0);
	EXPECT_EQ(QUEUE_SIZE, reg(COMMON, SIZE, 2));
	EXPECT_EQ((uint32_t)part(OUTPUT, 0), reg(COMMON, PART, 4));
	EXPECT_EQ(0, reg(COMMON, SIZE, 4));
	EXPECT_EQ(0, reg(COMMON, PART, 2));
}

TEST(VVI0104, "the window in configuration space reaches the same registers")
{
	make_machine(true, false);
	unsigned int at = t.capability[WINDOW];
	pci_config_write(&t.bus, BDF, at + 8, 4, t.offset[COMMON] + STATUS);
	pci_config_write(&t.bus, BDF, at + 12, 4, 1);
	pci_config_write(&t.bus, BDF, at + 16, 1, ACKNOWLEDGED);
	EXPECT_EQ(ACKNOWLEDGED, config(at + 16, 1));
	EXPECT_EQ(ACKNOWLEDGED, reg(COMMON, STATUS, 1));
	pci_config_write(&t.bus, BDF, at + 4, 1, 1);
	pci_config_write(&t.bus, BDF, at + 16, 1, 0);
	EXPECT_EQ(ACKNOWLEDGED, reg(COMMON, STATUS, 1));
	pci_config_write(&t.bus, BDF, at + 4, 1, 0);
	pci_config_write(&t.bus, BDF, at + 8, 4, 0xfffffffc);
	pci_config_write(&t.bus, BDF, at + 12, 4, 4);
	EXPECT_EQ(0, config(at + 16, 4));
}

/* --- The console --- */

TEST(VVI0201, "what the driver sends comes out, and its buffers come back with an interrupt")
{
	uint32_t head, length;
	make_machine(false, false);
	driver_start();
	send_text(3, "hello");
	expect_output("hello");
	EXPECT_TRUE(t.line);
	EXPECT_TRUE(returned(OUTPUT, &head, &length) && head == 3 && length == 0);
	EXPECT_EQ(1, reg(ISR, 0, 1));
	EXPECT_TRUE(!t.line);
	EXPECT_EQ(0, reg(ISR, 0, 1));
}

TEST(VVI0202, "a full terminal stops the queue in the middle of a buffer, and loses nothing")
{
	uint32_t head, length;
	make_machine(false, false);
	driver_start();
	stubs.output_room = 3;
	send_text(0, "abcdef");
	send_text(1, "ghi");
	expect_output("abc");
	EXPECT_TRUE(!returned(OUTPUT, &head, &length) && !t.line);
	stubs.output_room = 4;
	virtio_console_exchange(&t.console);
	expect_output("abcdefg");
	EXPECT_TRUE(returned(OUTPUT, &head, &length) && head == 0);
	stubs.output_room = 10;
	virtio_console_exchange(&t.console);
	expect_output("abcdefghi");
	EXPECT_EQ(0, stubs.calls_back);
}

TEST(VVI0203, "input goes to the UART until the driver is ready, has given a buffer and has sent something; then to the driver, until a reset")
{
	uint32_t head, length;
	make_machine(false, false);
	driver_start();
	stubs.input = "first";
	give_buffer(0, 100);
	virtio_console_exchange(&t.console);
	EXPECT_TRUE(!stubs.input_claimed && !returned(INPUT, &head, &length));
	EXPECT_STRING("first", stubs.input);
	send_text(0, "$ ");
	EXPECT_TRUE(stubs.input_claimed);
	EXPECT_TRUE(returned(INPUT, &head, &length) && head == 0 && length == 5);
	EXPECT_EQ(0, memcmp(driver_at(DATA + 0x2000), "first", 5));
	/* No buffer now: the input waits. */
	stubs.input = "second";
	virtio_console_exchange(&t.console);
	EXPECT_STRING("second", stubs.input);
	EXPECT_TRUE(stubs.input_claimed);
	give_buffer(1, 4);
	EXPECT_TRUE(returned(INPUT, &head, &length) && head == 1 && length == 4);
	give_buffer(0, 4);
	EXPECT_TRUE(returned(INPUT, &head, &length) && head == 0 && length == 2);
	set(COMMON, STATUS, 1, 0);
	EXPECT_TRUE(!stubs.input_claimed);
}

TEST(VVI0204, "buffers that were made available before the driver was ready are used then, not before")
{
	make_machine(false, false);
	negotiate();
	queue_start(INPUT);
	queue_start(OUTPUT);
	send_text(0, "early");
	expect_output("");
	set(COMMON, STATUS, 1, READY);
	expect_output("early");
}

TEST(VVI0205, "a reset in the middle forgets the buffers that were held")
{
	make_machine(false, false);
	driver_start();
	stubs.output_room = 1;
	send_text(0, "abc");
	give_buffer(0, 10);
	driver_start();
	stubs.output_room = 10;
	stubs.input = "x";
	virtio_console_exchange(&t.console);
	expect_output("a");
	EXPECT_EQ(0, get(part(OUTPUT, 2) + 2, 2));
	EXPECT_EQ(0, get(part(INPUT, 2) + 2, 2));
	send_text(0, "d");
	expect_output("ad");
}

TEST(VVI0206, "an emergency write is one byte without a queue")
{
	make_machine(false, false);
	set(CONFIG, 8, 4, '!');
	expect_output("!");
	EXPECT_EQ(0, reg(CONFIG, 0, 4));
	set(CONFIG, 4, 4, '?');
	set(CONFIG, 12, 4, '?');
	expect_output("!");
}

TEST(VVI0207, "with MSI-X each queue has its vector, and a vector that does not exist is refused")
{
	make_machine(true, true);
	driver_start();
	set(COMMON, CONFIG_VECTOR, 2, 3);
	EXPECT_EQ(0xffff, reg(COMMON, CONFIG_VECTOR, 2));
	set(COMMON, CONFIG_VECTOR, 2, 0);
	EXPECT_EQ(0, reg(COMMON, CONFIG_VECTOR, 2));
	set(COMMON, SELECT, 2, OUTPUT);
	set(COMMON, VECTOR, 2, 2);
	for (unsigned int i = 0; i < 3; i++)
		memcpy(&t.msix[4 * i], (uint32_t[]){0xfee00000, 0, 0x40 + i, 0}, 16);
	unsigned int at = t.pci.function.msix;
	pci_config_write(&t.bus, BDF, at + 2, 2, 0x8000);
	send_text(0, "a");
	EXPECT_EQ(1, t.messages);
	EXPECT_EQ(0x42, t.data);
	EXPECT_TRUE(!t.line);
	t.msix[4 * 2 + 3] = 1;
	send_text(1, "b");
	pci_bus_poll(&t.bus);
	EXPECT_EQ(1, t.messages);
	t.msix[4 * 2 + 3] = 0;
	pci_bus_poll(&t.bus);
	EXPECT_EQ(2, t.messages);
	put(part(OUTPUT, 1) + 2, 2, 99);
	notify(OUTPUT);
	EXPECT_EQ(3, t.messages);
	EXPECT_EQ(0x40, t.data);
}

TEST(VVI0208, "where there are no lines, a driver that has not turned MSI-X on hears nothing, and sees it if it looks")
{
	make_machine(true, true);
	EXPECT_EQ(0, config(0x3d, 1));
	driver_start();
	send_text(0, "a");
	expect_output("a");
	EXPECT_TRUE(!t.line && !t.messages);
	EXPECT_EQ(8, config(6, 2) & 8);
	EXPECT_EQ(1, reg(ISR, 0, 1));
	EXPECT_EQ(0, config(6, 2) & 8);
}

/* --- Drivers that break the rules --- */

TEST(VVI0301, "buffers of the wrong direction, or without room, stop the device until it is reset")
{
	make_machine(false, false);
	driver_start();
	describe(OUTPUT, 0, DATA, 4, WRITABLE, 0);
	offer(OUTPUT, 0);
	notify(OUTPUT);
	EXPECT_EQ(2, reg(ISR, 0, 1));
	expect_broken();
	stubs.output_length = 0;
	describe(INPUT, 0, DATA, 4, 0, 0);
	offer(INPUT, 0);
	notify(INPUT);
	expect_broken();
	stubs.output_length = 0;
	give_buffer(0, 0);
	expect_broken();
}

TEST(VVI0302, "a queue at no place stops the device, before and after it is ready")
{
	make_machine(false, false);
	negotiate();
	set(COMMON, SELECT, 2, OUTPUT);
	set(COMMON, ENABLE, 2, 1);
	EXPECT_EQ(NEEDS_RESET, reg(COMMON, STATUS, 1) & NEEDS_RESET);
	set(COMMON, STATUS, 1, READY);
	notify(OUTPUT);
	expect_output("");
	expect_broken();
}

TEST(VVI0303, "a broken device gives the input back to the UART")
{
	make_machine(false, false);
	driver_start();
	give_buffer(0, 10);
	send_text(0, "x");
	EXPECT_TRUE(stubs.input_claimed);
	put(part(OUTPUT, 1) + 2, 2, 0x8000);
	notify(OUTPUT);
	EXPECT_TRUE(!stubs.input_claimed);
	stubs.output_length = 0;
	expect_broken();
}

TEST(VVI0304, "one call does a bounded amount of work; the terminal comes back for the rest, or nobody listens")
{
	make_machine(false, false);
	stubs.output_endless = true;
	driver_start();
	describe(OUTPUT, 0, DATA, DATA_SIZE, 0, 0);
	offer(OUTPUT, 0);
	notify(OUTPUT);
	EXPECT_EQ(1, stubs.calls_back);
	EXPECT_TRUE(stubs.output_total > 0 && stubs.output_total < DATA_SIZE);
	for (unsigned int i = 0; i < 100 && !get(part(OUTPUT, 2) + 2, 2); i++)
		virtio_console_exchange(&t.console);
	EXPECT_EQ(DATA_SIZE, stubs.output_total);
	stubs.nobody_listens = true;
	stubs.output_total = 0;
	offer(OUTPUT, 0);
	notify(OUTPUT);
	EXPECT_EQ(DATA_SIZE, stubs.output_total);
}

/* --- Bytes come through exactly --- */

/* A driver that keeps both directions going by buffers of random shapes, against a terminal that stalls at random. */
static struct {
	uint8_t next_out, next_in;      /* the bytes are numbered */
	uint8_t expected_out, expected_in;
	uint64_t moved_out, moved_in;
	bool out_flying, in_flying;
	char typed[32];
} flow;

static void flow_send(void)
{
	unsigned int pieces = 1 + host_random() % 4;
	uint64_t at = DATA;
	for (unsigned int i = 0; i < pieces; i++) {
		unsigned int length = host_random() % 40;
		for (unsigned int byte = 0; byte < length; byte++)
			put(at + byte, 1, flow.next_out++);
		describe(OUTPUT, i, at, length, i + 1 < pieces ? CHAINED : 0, i + 1);
		at += 64;
	}
	offer(OUTPUT, 0);
	notify(OUTPUT);
	flow.out_flying = true;
}

static void flow_receive(void)
{
	describe(INPUT, 0, DATA + 0x2000, 1 + host_random() % 5, WRITABLE | CHAINED, 1);
	describe(INPUT, 1, DATA + 0x2100, host_random() % 20, WRITABLE, 0);
	offer(INPUT, 0);
	notify(INPUT);
	flow.in_flying = true;
}

static void flow_check_input(uint32_t length)
{
	uint32_t first = get(part(INPUT, 0) + 8, 4);
	for (uint32_t i = 0; i < length; i++) {
		uint64_t at = i < first ? DATA + 0x2000 + i : DATA + 0x2100 + i - first;
		EXPECT_EQ(flow.expected_in, get(at, 1));
		flow.expected_in = flow.expected_in % 255 + 1;
	}
	flow.moved_in += length;
}

static void flow_check_output(void)
{
	for (size_t i = 0; i < stubs.output_length; i++)
		EXPECT_EQ(flow.expected_out++, (uint8_t)stubs.output[i]);
	flow.moved_out += stubs.output_length;
	stubs.output_length = 0;
	stubs.output_room = host_random() % STUB_TERMINAL_SIZE;
}

static void flow_type(void)
{
	unsigned int length = host_random() % (sizeof(flow.typed) - 1);
	if (*stubs.input)
		return;
	for (unsigned int i = 0; i < length; i++) {
		flow.typed[i] = flow.next_in;
		flow.next_in = flow.next_in % 255 + 1;
	}
	flow.typed[length] = 0;
	stubs.input = flow.typed;
}

TEST(VVI0401, "in both directions every byte comes through, once and in order, however the terminal stalls")
{
	uint32_t head, length;
	make_machine(true, false);
	driver_start();
	memset(&flow, 0, sizeof(flow));
	flow.next_in = flow.expected_in = 1;
	for (unsigned int i = 0; i < 100000; i++) {
		switch (host_random() % 4) {
		case 0:
			if (!flow.out_flying)
				flow_send();
			break;
		case 1:
			if (!flow.in_flying)
				flow_receive();
			break;
		case 2: flow_type(); break;
		default: virtio_console_exchange(&t.console); break;
		}
		flow_check_output();
		if (returned(OUTPUT, &head, &length)) {
			EXPECT_TRUE(flow.out_flying && head == 0 && length == 0);
			flow.out_flying = false;
		}
		if (returned(INPUT, &head, &length)) {
			EXPECT_TRUE(flow.in_flying && head == 0 && length > 0);
			flow.in_flying = false;
			flow_check_input(length);
		}
	}
	EXPECT_TRUE(flow.moved_out > 100000 && flow.moved_in > 100000);
}

/* --- Any driver --- */

static void hostile_access(uint64_t r)
{
	static const uint8_t values[] = {0, 1, 3, 11, 15, 64, 128, 255};
	unsigned int width = 1U << (r >> 40 & 3);
	uint64_t address = REGISTERS + (r >> 42 & 3) * 0x1000 + (r >> 44 & 0x3f);
	uint32_t value = r >> 60 & 1 ? values[r >> 50 & 7] : host_random();
	if (r >> 61 & 1)
		pci_bus_write(&t.bus, false, address, width, value);
	else
		pci_bus_read(&t.bus, false, address, width, &value);
}

static void hostile_memory(uint64_t r)
{
	unsigned int queue = r >> 8 & 1, flags;
	switch (r >> 9 & 3) {
	case 0: put(MEMORY_BASE + (r >> 16) % MEMORY_SIZE, 1, r >> 40); break;
	case 1: put(part(queue, 1) + 2, 2, get(part(queue, 1) + 2, 2) + (r >> 16) % 4); break;
	case 2: put(part(queue, 1) + 4 + (r >> 16) % (2 * QUEUE_SIZE), 1, (r >> 40) % (QUEUE_SIZE + 1)); break;
	default:
		/* Mostly of the right direction. */
		flags = r >> 43 & 7 ? (queue == INPUT ? WRITABLE : 0) : r >> 46 & 6;
		describe(queue, r >> 16 & 15, DATA + (r >> 20 & 0x1fff), r >> 34 & 0xff, flags | (r >> 42 & 1 ? CHAINED : 0), r >> 50 & 15);
		break;
	}
}

static void hostile_step(uint64_t r)
{
	switch (r & 7) {
	case 0: hostile_access(r); break;
	case 1: case 2: case 3: hostile_memory(r); break;
	case 4: case 5: notify(r >> 8 & 1); break;
	case 6: virtio_console_exchange(&t.console); break;
	default:
		pci_config_write(&t.bus, BDF, r >> 8 & 0xff, 1U << (r >> 16 & 1), host_random());
		pci_config_write(&t.bus, BDF, 0x10, 4, REGISTERS);
		pci_config_write(&t.bus, BDF, 4, 2, 7);
		break;
	}
}

TEST(VVI0501, "no driver makes the device leave its memory, hang or hold a buffer that it has not taken; a reset always repairs it")
{
	unsigned int broken = 0, written = 0;
	make_machine(false, true);
	driver_start();
	for (unsigned int i = 0; i < 600000; i++) {
		uint64_t r = host_random();
		stubs.input = r >> 32 & 1 ? "some input" : "";
		stubs.output_length = 0;
		stubs.output_room = r >> 33 & 3 ? STUB_TERMINAL_SIZE : r >> 35 & 7;
		hostile_step(host_random());
		pci_bus_poll(&t.bus);
		written += stubs.output_length;
		EXPECT_TRUE(!t.console.output_held || t.console.output_piece <= t.console.output.pieces);
		EXPECT_TRUE(!t.console.output_held || t.console.device.queue[OUTPUT].enabled);
		EXPECT_TRUE(!t.console.input_held || t.console.device.queue[INPUT].enabled);
		EXPECT_TRUE(!stubs.input_claimed || t.console.spoken);
		EXPECT_TRUE(!stubs.input_claimed || virtio_ready(&t.console.device));
		if (!virtio_ready(&t.console.device) && r >> 40 & 1) {
			broken += t.console.device.status >> 6 & 1;
			driver_start();
		}
	}
	EXPECT_TRUE(broken > 1000 && written > 10000);
}
