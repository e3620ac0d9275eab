/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports, wires and messages, on a real device: the machine has an Intel 82574 (QEMU's e1000e), which is driven by ports alone and interrupts when it is told to.
 */
#include "devices.h"

#define PCI_ADDRESS 0xcf8
#define PCI_DATA 0xcfc
#define PCI_PORTS 8
#define PCI_ENABLE 0x80000000U
#define PCI_DEVICES 32

/* Configuration registers. */
#define PCI_ID 0x00
#define PCI_COMMAND 0x04
#define PCI_BAR2 0x18
#define PCI_CAPABILITIES 0x34
#define PCI_COMMAND_IO 0x1
#define PCI_COMMAND_MASTER 0x4
#define PCI_COMMAND_NO_WIRE 0x400
#define PCI_CAPABILITY_MSI 0x05
#define MSI_ENABLE 0x10000U

#define NIC_ID 0x10d38086U
#define NIC_PORTS 32
/* A register's number is written to the first port, its value is at the second. */
#define NIC_NUMBER 0
#define NIC_VALUE 4
#define NIC_ICR 0x00c0 /* what has happened; reading forgets it */
#define NIC_ICS 0x00c8 /* makes it happen */
#define NIC_IMS 0x00d0 /* lets it interrupt */
#define NIC_IMC 0x00d8
#define NIC_CAUSE 0x1

/* Wires of PCI are GSIs from here on in a machine with an I/O APIC that has them. */
#define WIRE_FIRST 16
#define WIRES 8

#define ROUNDS 20

static struct {
	l4_cap_t pci;   /* ports */
	l4_cap_t ports; /* of the device */
	l4_word_t base;
	l4_word_t device;
	l4_word_t msi; /* offset of the capability */
} nic;

static void select_config(l4_word_t device, l4_word_t offset)
{
	EXPECT_OK(l4_io_ports_write(nic.pci, PCI_ADDRESS, 4, PCI_ENABLE | device << 11 | offset));
}

static l4_word_t config_read(l4_word_t device, l4_word_t offset)
{
	l4_word_t value;

	select_config(device, offset);
	EXPECT_OK(l4_io_ports_read(nic.pci, PCI_DATA, 4, &value));
	return value;
}

static void config_write(l4_word_t offset, l4_word_t value)
{
	select_config(nic.device, offset);
	EXPECT_OK(l4_io_ports_write(nic.pci, PCI_DATA, 4, value));
}

static l4_word_t nic_read(l4_word_t number)
{
	l4_word_t value;

	EXPECT_OK(l4_io_ports_write(nic.ports, nic.base + NIC_NUMBER, 4, number));
	EXPECT_OK(l4_io_ports_read(nic.ports, nic.base + NIC_VALUE, 4, &value));
	return value;
}

static void nic_write(l4_word_t number, l4_word_t value)
{
	EXPECT_OK(l4_io_ports_write(nic.ports, nic.base + NIC_NUMBER, 4, number));
	EXPECT_OK(l4_io_ports_write(nic.ports, nic.base + NIC_VALUE, 4, value));
}

static l4_word_t find_device(void)
{
	for (l4_word_t device = 0; device < PCI_DEVICES; device++)
		if (config_read(device, PCI_ID) == NIC_ID)
			return device;
	EXPECT_TRUE(!"the machine has the device");
	return 0;
}

static l4_word_t find_msi(void)
{
	l4_word_t offset = config_read(nic.device, PCI_CAPABILITIES) & 0xfc;

	while (offset && (config_read(nic.device, offset) & 0xff) != PCI_CAPABILITY_MSI)
		offset = config_read(nic.device, offset) >> 8 & 0xfc;
	EXPECT_TRUE(offset);
	return offset;
}

/* The device as the firmware has left it, quiet, with its own range of ports. */
static void nic_open(void)
{
	nic.pci = issue_ports(PCI_ADDRESS, PCI_PORTS);
	nic.device = find_device();
	nic.msi = find_msi();
	nic.base = config_read(nic.device, PCI_BAR2) & ~(l4_word_t)(NIC_PORTS - 1);
	nic.ports = issue_ports(nic.base, NIC_PORTS);
	config_write(nic.msi, config_read(nic.device, nic.msi) & ~(l4_word_t)MSI_ENABLE);
	config_write(PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	nic_write(NIC_IMC, ~0U);
	(void)nic_read(NIC_ICR);
}

static void nic_raise(void)
{
	nic_write(NIC_ICS, NIC_CAUSE);
}

/* Forgets what it has been told to interrupt for. */
static void nic_content(void)
{
	(void)nic_read(NIC_ICR);
}

TEST(XIO0001, "ports are read and written in all widths, and no other than those of the range")
{
	l4_word_t word, half, byte;

	nic_open();
	word = config_read(nic.device, PCI_ID);
	EXPECT_OK(l4_io_ports_read(nic.pci, PCI_DATA, 2, &half));
	EXPECT_EQ(word & 0xffff, half);
	EXPECT_OK(l4_io_ports_read(nic.pci, PCI_DATA + 3, 1, &byte));
	EXPECT_EQ(word >> 24, byte);
	EXPECT_OK(l4_io_ports_write(nic.pci, PCI_ADDRESS, 4, PCI_ENABLE | 0x1234));
	EXPECT_OK(l4_io_ports_read(nic.pci, PCI_ADDRESS, 4, &word));
	EXPECT_EQ(PCI_ENABLE | 0x1234, word);
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_io_ports_read(nic.pci, PCI_ADDRESS - 1, 1, &byte));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_io_ports_read(nic.pci, PCI_ADDRESS + PCI_PORTS - 1, 2, &half));
	EXPECT_STATUS(L4_INVALID_ARGUMENT, l4_io_ports_write(nic.pci, PCI_ADDRESS + PCI_PORTS, 4, 0));
}

TEST(XIR0001, "a line of messages tells what a device must write, and where; a wire does not")
{
	l4_word_t first = l4_startup_value("first_message_line"), address, data, last_data = 0;

	EXPECT_TRUE(first > 1 && fixture.irq_lines - first >= 31);
	for (l4_word_t line = first; line <= fixture.irq_lines; line++) {
		EXPECT_OK(l4_irq_handler_message(issue_line(line), &address, &data));
		EXPECT_EQ(0xfee, address >> 20);
		EXPECT_TRUE(data > last_data && data < 0xff);
		last_data = data;
	}
	EXPECT_STATUS(L4_UNSUPPORTED, l4_irq_handler_message(issue_line(first - 1), &address, &data));
}

/* Each wire signals a bit of its own: which one is the device's is the firmware's choice. */
static l4_word_t find_wire(l4_cap_t notification, const l4_cap_t *handlers)
{
	l4_word_t bits = 0;

	for (l4_word_t i = 0; i < WIRES; i++)
		EXPECT_OK(l4_irq_handler_bind(handlers[i], mint_cap(notification, L4_ALL_RIGHTS, 1UL << i)));
	nic_write(NIC_IMS, NIC_CAUSE);
	nic_raise();
	EXPECT_EVENTUALLY(bits || (bits = take_bits(notification)));
	EXPECT_EQ(0, bits & (bits - 1));
	return (l4_word_t)__builtin_ctzl(bits);
}

TEST(XIR0002, "a wire interrupts once until it is acknowledged, and again while its device is not content")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), handlers[WIRES];
	l4_word_t wire;

	nic_open();
	for (l4_word_t i = 0; i < WIRES; i++)
		handlers[i] = issue_line(WIRE_FIRST + i);
	wire = find_wire(notification, handlers);
	expect_nothing(notification);
	EXPECT_OK(l4_irq_handler_ack(handlers[wire]));
	expect_bits(notification, 1UL << wire);
	nic_content();
	EXPECT_OK(l4_irq_handler_ack(handlers[wire]));
	expect_nothing(notification);
	EXPECT_STATUS(L4_BAD_STATE, l4_irq_handler_ack(handlers[wire]));
	nic_raise();
	expect_bits(notification, 1UL << wire);
	nic_content();
}

TEST(XIR0003, "a wire whose handler hears nothing does not hold the machine up, and interrupts once somebody listens")
{
	l4_cap_t notification = new_object(L4_TYPE_NOTIFICATION), handlers[WIRES];
	l4_word_t wire;

	nic_open();
	for (l4_word_t i = 0; i < WIRES; i++)
		handlers[i] = issue_line(WIRE_FIRST + i);
	wire = find_wire(notification, handlers);
	EXPECT_OK(l4_irq_handler_bind(handlers[wire], 0));
	EXPECT_STATUS(L4_BAD_STATE, l4_irq_handler_ack(handlers[wire]));
	expect_nothing(notification);
	EXPECT_OK(l4_irq_handler_bind(handlers[wire], notification));
	expect_signal(notification);
	nic_content();
}

/* The device writes the line's message from now on. */
static void use_message(l4_cap_t handler)
{
	l4_word_t address, data;

	EXPECT_OK(l4_irq_handler_message(handler, &address, &data));
	config_write(PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MASTER | PCI_COMMAND_NO_WIRE);
	config_write(nic.msi + 4, address & 0xffffffff);
	config_write(nic.msi + 8, address >> 32);
	config_write(nic.msi + 12, data);
	config_write(nic.msi, config_read(nic.device, nic.msi) | MSI_ENABLE);
	nic_write(NIC_IMS, NIC_CAUSE);
}

/* QEMU lets no more than one come in 128 us. */
static void send_message(void)
{
	nic_raise();
	sleep_microseconds(500);
	nic_content();
}

TEST(XIR0004, "a message interrupts; those that come before it is acknowledged make one more behind that")
{
	l4_cap_t handler = issue_line(fixture.irq_lines), notification = new_object(L4_TYPE_NOTIFICATION);

	nic_open();
	use_message(handler);
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	send_message();
	expect_signal(notification);
	send_message();
	send_message();
	send_message();
	expect_nothing(notification);
	EXPECT_OK(l4_irq_handler_ack(handler));
	expect_signal(notification);
	EXPECT_OK(l4_irq_handler_ack(handler));
	expect_nothing(notification);
	EXPECT_STATUS(L4_BAD_STATE, l4_irq_handler_ack(handler));
	send_message();
	expect_signal(notification);
}

TEST(XIR0005, "a message that comes while nobody listens is lost, and leaves nothing behind")
{
	l4_cap_t handler = issue_line(fixture.irq_lines), notification = new_object(L4_TYPE_NOTIFICATION);

	nic_open();
	use_message(handler);
	send_message();
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	send_message();
	expect_signal(notification);
	send_message();
	EXPECT_OK(l4_irq_handler_bind(handler, 0));
	send_message();
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	expect_nothing(notification);
	EXPECT_STATUS(L4_BAD_STATE, l4_irq_handler_ack(handler));
	send_message();
	expect_signal(notification);
}

TEST(XIR0006, "a message with a vector that is nobody's changes nothing")
{
	l4_cap_t handler = issue_line(fixture.irq_lines), notification = new_object(L4_TYPE_NOTIFICATION);
	l4_word_t address, data;

	nic_open();
	use_message(handler);
	EXPECT_OK(l4_irq_handler_message(handler, &address, &data));
	EXPECT_OK(l4_irq_handler_bind(handler, notification));
	for (l4_word_t vector = data + 1; vector < 0x100; vector++) {
		config_write(nic.msi + 12, vector);
		send_message();
	}
	expect_nothing(notification);
	config_write(nic.msi + 12, data);
	send_message();
	expect_signal(notification);
}

TEST(XIR0007, "a wire and messages that come outside their owner's windows are delivered in the next of these, and none in another's")
{
	l4_cap_t message = issue_line(fixture.irq_lines), notification = new_object(L4_TYPE_NOTIFICATION), handlers[WIRES];
	l4_word_t wire;

	nic_open();
	for (l4_word_t i = 0; i < WIRES; i++)
		handlers[i] = issue_line(WIRE_FIRST + i);
	wire = find_wire(notification, handlers);
	nic_content();
	EXPECT_OK(l4_irq_handler_ack(handlers[wire]));
	confine(handlers[wire], notification);
	for (int i = 0; i < ROUNDS; i++) {
		EXPECT_TRUE(!has_come(notification));
		nic_raise();
		expect_in_owners_window(notification);
		nic_content();
		acknowledge(handlers[wire]);
	}
	use_message(message);
	confine(message, notification);
	/* The device sends another one where it is not answered within 128 us, so more of them may come than are sent here. */
	for (int i = 0; i < ROUNDS; i++) {
		send_message();
		expect_in_owners_window(notification);
		acknowledge(message);
	}
}
