/* SPDX-License-Identifier: BSD-2-Clause */
#include <host_test.h>
#include <pci_bus.h>

#include <string.h>

#define DEVICE 3
#define BDF (DEVICE << 3)
#define VECTORS 4
#define TABLE_BAR 2
enum { COMMAND = 4, STATUS = 6, BAR0 = 0x10, BAR1 = 0x14, BAR2 = 0x18, CAPABILITIES = 0x34 };
enum { ENABLE = 0x8000, MASK_ALL = 0x4000 };

static struct {
	struct pci_bus bus;
	struct pci_function function, bridge;
	_Alignas(8) uint32_t msix[PCI_MSIX_SIZE / 4];
	bool line;
	unsigned int sent;
	uint64_t address;
	uint32_t data;
	uint64_t place[PCI_BARS];
	unsigned int bar;
	uint32_t offset, width, value;
	unsigned int accesses;
} t;

static void set_line(void *context, unsigned int device, bool level)
{
	EXPECT_EQ(&t, context);
	EXPECT_EQ(DEVICE, device);
	EXPECT_TRUE(level != t.line);
	t.line = level;
}

static void message(void *context, uint64_t address, uint32_t data)
{
	EXPECT_EQ(&t, context);
	t.sent++;
	t.address = address;
	t.data = data;
}

static void place(void *context, const struct pci_function *function, unsigned int bar, uint64_t address)
{
	EXPECT_EQ(&t, context);
	EXPECT_EQ(&t.function, function);
	t.place[bar] = address;
}

static uint32_t registers_read(struct pci_function *function, unsigned int bar, uint32_t offset, unsigned int width)
{
	EXPECT_EQ(&t.function, function);
	EXPECT_TRUE(offset + width <= t.function.bar_size[bar]);
	t.accesses++;
	t.bar = bar;
	t.offset = offset;
	t.width = width;
	return t.value;
}

static void registers_write(struct pci_function *function, unsigned int bar, uint32_t offset, unsigned int width, uint32_t value)
{
	registers_read(function, bar, offset, width);
	t.value = value;
}

static void begin(void)
{
	static const struct pci_platform platform = {set_line, message, place};
	static const struct pci_identity identity = {0x1234, 0x5678, 0x9abc, 0xdef0, 0x012345, 6};
	static const struct pci_registers registers = {.read = registers_read, .write = registers_write};

	memset(&t, 0, sizeof(t));
	memset(t.place, 0xff, sizeof(t.place));
	pci_bus_init(&t.bus, &platform, &t);
	pci_host_bridge_init(&t.bridge);
	pci_bus_add(&t.bus, 0, &t.bridge, false);
	pci_function_init(&t.function, &identity, &registers);
	pci_bar_add(&t.function, 0, false, 0x4000, 0);
	pci_bar_add(&t.function, 1, true, 256, 0xc000);
	pci_bar_add(&t.function, TABLE_BAR, false, PCI_MSIX_SIZE, 0);
	pci_msix_add(&t.function, TABLE_BAR, VECTORS, t.msix);
	pci_bus_add(&t.bus, DEVICE, &t.function, true);
}

static uint32_t get(unsigned int offset, unsigned int width)
{
	return pci_config_read(&t.bus, BDF, offset, width);
}

static void put(unsigned int offset, unsigned int width, uint32_t value)
{
	pci_config_write(&t.bus, BDF, offset, width, value);
}

/* The capability's control field. */
static unsigned int msix_control(void)
{
	unsigned int offset = get(CAPABILITIES, 1);
	EXPECT_EQ(0x11, get(offset, 1));
	EXPECT_EQ(0, get(offset + 1, 1));
	return offset + 2;
}

static void vector_set(unsigned int vector, uint64_t address, uint32_t data, uint32_t masked)
{
	t.msix[4 * vector] = address;
	t.msix[4 * vector + 1] = address >> 32;
	t.msix[4 * vector + 2] = data;
	t.msix[4 * vector + 3] = masked;
}

TEST(VPC0101, "identity, and all ones where nobody is")
{
	begin();
	EXPECT_EQ(0x56781234, get(0, 4));
	EXPECT_EQ(0x01234506, get(8, 4));
	EXPECT_EQ(0xdef09abc, get(0x2c, 4));
	EXPECT_EQ(0x10, get(STATUS, 2) & 0x10);
	EXPECT_EQ(0x0600, pci_config_read(&t.bus, 0, 10, 2));
	EXPECT_EQ(0, pci_config_read(&t.bus, 0, 0x3d, 1));
	EXPECT_EQ(1, get(0x3d, 1));
	EXPECT_EQ(0xffffffff, pci_config_read(&t.bus, BDF + 1, 0, 4));
	EXPECT_EQ(0xffffffff, pci_config_read(&t.bus, 1 << 3, 0, 4));
	EXPECT_EQ(0xffffffff, pci_config_read(&t.bus, (1 << 8) + BDF, 0, 4));
	EXPECT_EQ(0xffffffff, pci_config_read(&t.bus, ~0U, 0, 4));
	EXPECT_EQ(0xffffffff, get(1, 2));
	EXPECT_EQ(0xffffffff, get(0, 8));
	EXPECT_EQ(0, get(0x100, 4));
	put(0x100, 4, 1);
	put(0, 4, 0);
	EXPECT_EQ(0x56781234, get(0, 4));
}

TEST(VPC0102, "a BAR tells its size, takes an address, and is there only while the guest enables it")
{
	uint32_t value;
	begin();
	put(BAR0, 4, 0xffffffff);
	EXPECT_EQ(0xffffc000, get(BAR0, 4));
	put(BAR1, 4, 0xffffffff);
	EXPECT_EQ(0xffffff01, get(BAR1, 4));
	put(0x1c, 4, 0xffffffff);
	EXPECT_EQ(0, get(0x1c, 4));
	put(BAR0, 4, 0x40000000);
	put(BAR1, 4, 0xc100);
	EXPECT_TRUE(!pci_bus_read(&t.bus, false, 0x40000000, 4, &value));
	put(COMMAND, 2, 2);
	EXPECT_EQ(0x40000000, t.place[0]);
	EXPECT_EQ(PCI_NOWHERE, t.place[1]);
	t.value = 99;
	EXPECT_TRUE(pci_bus_read(&t.bus, false, 0x40003ffc, 4, &value));
	EXPECT_EQ(99, value);
	EXPECT_EQ(0x3ffc, t.offset);
	EXPECT_TRUE(!pci_bus_read(&t.bus, false, 0x40003ffe, 4, &value));
	EXPECT_TRUE(!pci_bus_read(&t.bus, false, 0x3fffffff, 1, &value));
	EXPECT_TRUE(!pci_bus_read(&t.bus, false, 0x40000000, 8, &value));
	EXPECT_TRUE(!pci_bus_write(&t.bus, true, 0xc100, 1, 0));
	put(COMMAND, 2, 1);
	EXPECT_EQ(PCI_NOWHERE, t.place[0]);
	EXPECT_TRUE(pci_bus_write(&t.bus, true, 0xc1ff, 1, 7));
	EXPECT_EQ(1, t.bar);
	EXPECT_EQ(0xff, t.offset);
	EXPECT_TRUE(!pci_bus_write(&t.bus, false, 0xc100, 1, 0));
}

TEST(VPC0103, "the line follows the function unless the guest turns it off")
{
	begin();
	pci_set_interrupt(&t.function, true);
	EXPECT_TRUE(t.line);
	EXPECT_EQ(8, get(STATUS, 2) & 8);
	put(COMMAND, 2, PCI_COMMAND_INTX_OFF);
	EXPECT_TRUE(!t.line);
	put(COMMAND, 2, 0);
	EXPECT_TRUE(t.line);
	put(msix_control(), 2, ENABLE);
	EXPECT_TRUE(!t.line);
	put(msix_control(), 2, 0);
	pci_set_interrupt(&t.function, false);
	EXPECT_TRUE(!t.line);
	EXPECT_EQ(0, get(STATUS, 2) & 8);
}

TEST(VPC0106, "a function without a pin has no line to raise")
{
	begin();
	pci_bus_add(&t.bus, DEVICE, &t.function, false);
	EXPECT_EQ(0, pci_config_read(&t.bus, BDF, 0x3d, 1));
	pci_set_interrupt(&t.function, true);
	EXPECT_TRUE(!t.line);
	pci_set_interrupt(&t.function, false);
}

TEST(VPC0104, "a vector's message is what its entry says when it is sent")
{
	begin();
	EXPECT_EQ(VECTORS - 1, get(msix_control(), 2));
	EXPECT_EQ(TABLE_BAR, get(msix_control() + 2, 4));
	EXPECT_EQ(PCI_MSIX_PENDING | TABLE_BAR, get(msix_control() + 6, 4));
	put(COMMAND, 2, PCI_COMMAND_MASTER);
	vector_set(1, 0x1fee00000, 0x41, 0);
	pci_msix_raise(&t.function, 1);
	EXPECT_EQ(0, t.sent);
	put(msix_control(), 2, ENABLE);
	EXPECT_EQ(0, t.sent);
	pci_msix_raise(&t.function, 1);
	EXPECT_EQ(1, t.sent);
	EXPECT_EQ(0x1fee00000, t.address);
	EXPECT_EQ(0x41, t.data);
	pci_msix_raise(&t.function, VECTORS);
	pci_msix_raise(&t.function, 0xffff);
	put(COMMAND, 2, 0);
	pci_msix_raise(&t.function, 1);
	EXPECT_EQ(1, t.sent);
}

TEST(VPC0105, "a masked vector waits, shows as pending, and is sent once where it is unmasked")
{
	begin();
	put(COMMAND, 2, PCI_COMMAND_MASTER);
	put(msix_control(), 2, ENABLE);
	EXPECT_EQ(1, t.msix[4 * 2 + 3]);
	pci_msix_raise(&t.function, 2);
	pci_msix_raise(&t.function, 2);
	EXPECT_EQ(4, t.msix[PCI_MSIX_PENDING / 4]);
	pci_bus_poll(&t.bus);
	EXPECT_EQ(0, t.sent);
	vector_set(2, 0xfee00000, 0x42, 0);
	pci_bus_poll(&t.bus);
	pci_bus_poll(&t.bus);
	EXPECT_EQ(1, t.sent);
	EXPECT_EQ(0, t.msix[PCI_MSIX_PENDING / 4]);
	put(msix_control(), 2, ENABLE | MASK_ALL);
	pci_msix_raise(&t.function, 2);
	EXPECT_EQ(1, t.sent);
	put(msix_control(), 2, ENABLE);
	EXPECT_EQ(2, t.sent);
	vector_set(2, 0, 0, 1);
	pci_msix_raise(&t.function, 2);
	put(msix_control(), 2, 0);
	EXPECT_EQ(0, t.msix[PCI_MSIX_PENDING / 4]);
	EXPECT_EQ(0, t.bus.pending);
}

TEST(VPC0201, "no guest reaches anything but its functions' registers, and read-only fields stay")
{
	begin();
	for (unsigned int i = 0; i < 300000; i++) {
		uint64_t r = host_random();
		uint32_t value, argument = host_random();
		unsigned int width = 1U << (r >> 60 & 3);
		unsigned int bdf = r >> 40 & 1 ? BDF : r & 0x1ffff;
		unsigned int offset = r >> 41 & 1 ? r >> 20 & 0xff : r >> 20 & 0xfff;
		switch (r >> 50 & 7) {
		case 0: pci_config_read(&t.bus, bdf, offset, width); break;
		case 1: case 2: pci_config_write(&t.bus, bdf, offset, width, argument); break;
		case 3: pci_bus_read(&t.bus, r & 1, t.place[r % PCI_BARS] + (r >> 20 & 0x7fff) - 8, width, &value); break;
		case 4: pci_bus_write(&t.bus, r & 1, t.place[r % PCI_BARS] + (r >> 20 & 0xff), width, argument); break;
		case 5: t.msix[(r >> 20) % (PCI_MSIX_SIZE / 4)] = argument; break;
		case 6: pci_msix_raise(&t.function, r >> 20 & 7); break;
		default: pci_set_interrupt(&t.function, r & 0x100000); break;
		}
		pci_bus_poll(&t.bus);
		EXPECT_EQ(0x56781234, get(0, 4));
		EXPECT_EQ(VECTORS - 1, get(msix_control(), 2) & 0x3fff);
		EXPECT_EQ(t.function.msix_pending != 0, t.bus.pending != 0);
	}
	EXPECT_TRUE(t.sent > 100 && t.accesses > 1000);
}
