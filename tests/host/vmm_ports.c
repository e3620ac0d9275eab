/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine's ports: PCI configuration, power and reset, the UART, and where nothing is. */
#include <block_memory.h>
#include <host_test.h>
#include <machine.h>
#include <ports.h>

#include <string.h>

#include <layout.h>
#include <pci_bus.h>

#include "vmm_stubs.h"

enum { KEYBOARD = 0x64, POST = 0x80, UART = 0x3f8, SLEEP = 0x600, SLEEP_STATUS = 0x601, PCI_ADDRESS = 0xcf8, RESET = 0xcf9, PCI_DATA = 0xcfc };
enum { LSR = 5 };
enum { RESET_FLAG = 0x472 };

static struct machine machine;

/* Nothing here waits. */
uint64_t tsc_read(void)
{
	return 0;
}

static void reset(bool warm_is_panic)
{
	stubs_reset();
	stubs.memory_base = 0;
	stubs.more_base = LAYOUT_MSIX_MEMORY;
	pci_reset(&machine.pci, NULL, 0);
	power_reset(&machine.power, warm_is_panic);
	uart_reset(&machine.uart);
}

/* How a write that does not come back ended the guest. */
static enum stub_end ending_write(uint16_t port, unsigned int width, uint32_t value)
{
	stubs.end = STUB_RUNNING;
	if (!setjmp(stubs.ended))
		ports_write(&machine, port, width, value);
	return stubs.end;
}

TEST(VPO0101, "where nothing is, all ones are read and nothing is written")
{
	static const uint16_t ports[] = {0x20, 0x40, 0x61, KEYBOARD, 0x70, 0x71, POST, 0x2f8, 0x3fd + 3, 0xb000, 0xfffe};
	reset(false);
	for (unsigned int i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		EXPECT_EQ(STUB_RUNNING, ending_write(ports[i], 1, 0));
		EXPECT_EQ(0xff, ports_read(&machine, ports[i], 1));
		EXPECT_EQ(0xffff, ports_read(&machine, ports[i], 2));
	}
	EXPECT_EQ(UINT32_MAX, ports_read(&machine, 0xffff, 4) | 0xffffff00);
	EXPECT_EQ(0, stubs.output_length);
}

TEST(VPO0102, "bytes written to the UART come out; a wider access meets neighbouring registers")
{
	reset(false);
	ports_write(&machine, UART, 1, 'h');
	ports_write(&machine, UART, 2, 'i' | 0x0f00); /* and the interrupt enables */
	EXPECT_EQ(2, stubs.output_length);
	EXPECT_EQ(0, memcmp(stubs.output, "hi", 2));
	EXPECT_EQ(0x0f, ports_read(&machine, UART + 1, 1));
	EXPECT_EQ(0x60, ports_read(&machine, UART + LSR, 1));
}

TEST(VPO0103, "S5 turns the guest off, other sleep types do nothing")
{
	reset(false);
	for (unsigned int type = 0; type < 8; type++) {
		EXPECT_EQ(type == 5 ? STUB_OFF : STUB_RUNNING, ending_write(SLEEP, 1, type << 2 | 0x20));
		EXPECT_EQ(STUB_RUNNING, ending_write(SLEEP, 1, type << 2));
	}
	EXPECT_EQ(STUB_RUNNING, ending_write(SLEEP_STATUS, 1, 0x80));
	EXPECT_EQ(0, ports_read(&machine, SLEEP_STATUS, 1));
}

TEST(VPO0104, "the reset register and the keyboard controller restart it")
{
	reset(false);
	EXPECT_EQ(STUB_RUNNING, ending_write(RESET, 1, 2));
	EXPECT_EQ(2, ports_read(&machine, RESET, 1));
	EXPECT_EQ(STUB_REBOOT, ending_write(RESET, 1, 6));
	EXPECT_EQ(STUB_REBOOT, ending_write(KEYBOARD, 1, 0xfe));
	EXPECT_EQ(STUB_RUNNING, ending_write(KEYBOARD, 1, 0xff));
	EXPECT_EQ(STUB_RUNNING, ending_write(KEYBOARD, 1, 0x60));
}

TEST(VPO0105, "a warm reset is a panic where the command line says so")
{
	const uint16_t warm = 0x1234;
	reset(true);
	EXPECT_EQ(STUB_REBOOT, ending_write(RESET, 1, 6));
	memcpy(stubs.memory + RESET_FLAG, &warm, sizeof(warm));
	EXPECT_EQ(STUB_FAILED, ending_write(RESET, 1, 6));
	reset(false);
	memcpy(stubs.memory + RESET_FLAG, &warm, sizeof(warm));
	EXPECT_EQ(STUB_REBOOT, ending_write(RESET, 1, 6));
}

static uint32_t configuration(unsigned int device, unsigned int offset, unsigned int width)
{
	ports_write(&machine, PCI_ADDRESS, 4, 0x80000000 | device << 11 | (offset & 0xfc));
	return ports_read(&machine, PCI_DATA + offset % 4, width);
}

TEST(VPO0106, "configuration mechanism #1 finds a host bridge, and nobody elsewhere")
{
	reset(false);
	/* As Linux probes: a byte there must not change the address register. */
	ports_write(&machine, 0xcfb, 1, 1);
	ports_write(&machine, PCI_ADDRESS, 4, 0x80000000);
	EXPECT_EQ(0x80000000, ports_read(&machine, PCI_ADDRESS, 4));
	EXPECT_EQ(0x0600, configuration(0, 10, 2));
	EXPECT_EQ(0x06, configuration(0, 11, 1));
	EXPECT_TRUE(configuration(0, 0, 2) != 0xffff);
	EXPECT_EQ(0xffffffff, configuration(31, 0, 4));
	ports_write(&machine, PCI_ADDRESS, 4, 0x80010000);
	EXPECT_EQ(0xffffffff, ports_read(&machine, PCI_DATA, 4));
	ports_write(&machine, PCI_ADDRESS, 4, 0);
	EXPECT_EQ(0xffffffff, ports_read(&machine, PCI_DATA, 4));
}

enum { CONSOLE = 1, COMMAND = 4, BAR0 = 16, BAR1 = 20, PIN = 0x3d, CAPABILITIES = 0x34, MSIX = 0x11 };

static void configure(unsigned int offset, unsigned int width, uint32_t value)
{
	ports_write(&machine, PCI_ADDRESS, 4, 0x80000000 | CONSOLE << 11 | (offset & 0xfc));
	ports_write(&machine, PCI_DATA + offset % 4, width, value);
}

TEST(VPO0108, "the console's registers are ports where its BAR says, and only while they are enabled")
{
	enum { STATUS = 0x14, QUEUES = 0x12 };
	reset(false);
	EXPECT_EQ(0x10431af4, configuration(CONSOLE, 0, 4));
	EXPECT_EQ(0, configuration(CONSOLE, PIN, 1));
	EXPECT_EQ(LAYOUT_PCI_PORTS | 1, configuration(CONSOLE, BAR0, 4));
	EXPECT_EQ(LAYOUT_MSIX, configuration(CONSOLE, BAR1, 4));
	EXPECT_EQ(0xffff, ports_read(&machine, LAYOUT_PCI_PORTS + QUEUES, 2));
	configure(COMMAND, 2, PCI_COMMAND_IO);
	EXPECT_EQ(2, ports_read(&machine, LAYOUT_PCI_PORTS + QUEUES, 2));
	ports_write(&machine, LAYOUT_PCI_PORTS + STATUS, 1, 3);
	EXPECT_EQ(3, ports_read(&machine, LAYOUT_PCI_PORTS + STATUS, 1));
	configure(BAR0, 4, 0xffffffff);
	EXPECT_EQ(0xffffff01, configuration(CONSOLE, BAR0, 4));
	configure(BAR0, 4, 0xd000);
	EXPECT_EQ(2, ports_read(&machine, 0xd000 + QUEUES, 2));
	EXPECT_EQ(0xffff, ports_read(&machine, LAYOUT_PCI_PORTS + QUEUES, 2));
}

/* The capability's offset. */
static unsigned int find_msix(void)
{
	unsigned int at = configuration(CONSOLE, CAPABILITIES, 1);
	while (at && configuration(CONSOLE, at, 1) != MSIX)
		at = configuration(CONSOLE, at + 1, 1);
	EXPECT_TRUE(at);
	return at;
}

TEST(VPO0109, "its interrupts are the vectors that its table in guest memory names; a masked one waits and is asked for again")
{
	const uint32_t entry[] = {0xfee00000, 0, 0x41, 0}, masked = 1;
	reset(false);
	configure(find_msix() + 2, 2, 0x8000);
	configure(COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	memcpy(stubs.more_memory + 16, entry, sizeof(entry));
	pci_msix_raise(&machine.pci.devices.console_pci.function, 1);
	EXPECT_TRUE(stubs.line[0x41]);
	stubs.line[0x41] = false;
	memcpy(stubs.more_memory + 28, &masked, sizeof(masked));
	pci_msix_raise(&machine.pci.devices.console_pci.function, 1);
	pci_poll(&machine.pci);
	EXPECT_TRUE(!stubs.line[0x41]);
	EXPECT_EQ(1, stubs.calls_back_later);
	memcpy(stubs.more_memory + 16, entry, sizeof(entry));
	pci_poll(&machine.pci);
	EXPECT_TRUE(stubs.line[0x41]);
	pci_poll(&machine.pci);
	EXPECT_EQ(1, stubs.calls_back_later);
}

TEST(VPO0110, "a disk is the device behind the console, with ports and a table of its own; without one nobody is there")
{
	enum { DISK = 2, CAPACITY = 0xc0 };
	static uint8_t sectors[3 * BLOCK_SECTOR];
	struct block_memory memory;
	reset(false);
	EXPECT_EQ(UINT32_MAX, configuration(DISK, 0, 4));
	block_memory_init(&memory, sectors, NULL, sizeof(sectors));
	pci_reset(&machine.pci, &memory.backing, 0);
	EXPECT_EQ(0x10421af4, configuration(DISK, 0, 4));
	EXPECT_EQ((LAYOUT_PCI_PORTS + VIRTIO_PCI_PORTS) | 1, configuration(DISK, BAR0, 4));
	EXPECT_EQ(LAYOUT_MSIX + PCI_MSIX_SIZE, configuration(DISK, BAR1, 4));
	ports_write(&machine, PCI_ADDRESS, 4, 0x80000000 | DISK << 11 | COMMAND);
	ports_write(&machine, PCI_DATA, 2, PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	EXPECT_EQ(3, ports_read(&machine, LAYOUT_PCI_PORTS + VIRTIO_PCI_PORTS + CAPACITY, 4));
	EXPECT_EQ(1, stubs.more_memory[PCI_MSIX_SIZE + 12]); /* the first entry is masked */
	EXPECT_EQ(0x10431af4, configuration(CONSOLE, 0, 4));
}

TEST(VPO0107, "no sequence of accesses does harm, and none but those ends the guest")
{
	static const uint16_t bases[] = {0, 0x60, 0x3f0, 0x600, 0xcf0, 0xcf8, 0xcfc, 0xc000, 0xfff0};
	static const unsigned int widths[] = {1, 2, 4};
	reset(false);
	for (unsigned int i = 0; i < 400000; i++) {
		uint64_t r = host_random();
		uint16_t port = bases[r % (sizeof(bases) / sizeof(bases[0]))] + (r >> 8 & 15);
		unsigned int width = widths[(r >> 16 & 255) % 3];
		stubs.output_length = 0;
		stubs.output_room = r >> 24 & 7;
		pci_poll(&machine.pci);
		if (r >> 32 & 1)
			ports_read(&machine, port, width);
		else if (ending_write(port, width, host_random()) != STUB_RUNNING)
			EXPECT_TRUE(port + width > KEYBOARD && (port <= KEYBOARD || port + width > SLEEP));
	}
}
