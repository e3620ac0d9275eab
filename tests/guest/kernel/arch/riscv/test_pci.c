/* SPDX-License-Identifier: BSD-2-Clause */
/* The PCI bus behind memory, and its devices' interrupt lines. Other machines have no such bus there. */
#include "pci.h"
#include "test.h"

#define SOURCE 17
#define PLIC_PRIORITY (PLIC_BASE + 4 * SOURCE)
#define PLIC_ENABLE (PLIC_BASE + 0x2000 + 0x80 * hart.plic_context)
#define PLIC_CLAIM (PLIC_BASE + 0x200004 + 0x1000 * hart.plic_context)

static void load(uint64_t address, uint64_t unused)
{
	(void)unused;
	read32(address);
}

TEST(PCI0101, "devices have one function, and nothing behind their first 256 bytes")
{
	if (!platform.is_bulkhead)
		return;
	EXPECT_EQ(0xffffffff, read32(PCI_ECAM + PCI_CONSOLE * PCI_DEVICE + PCI_FUNCTION));
	EXPECT_EQ(0, read32(PCI_ECAM + PCI_CONSOLE * PCI_DEVICE + 0x100));
}

TEST(PCI0102, "the registers are where the guest has put them, and an access beside them is a fault")
{
	if (!platform.is_bulkhead)
		return;
	pci_write(PCI_CONSOLE, PCI_COMMAND, 2, 0);
	EXPECT_TRAP(CAUSE_LOAD_ACCESS, load, VIRTIO_REGISTERS, 0);
	virtio_place();
	virtio_set_status(0);
	EXPECT_EQ(0, virtio_status());
	EXPECT_TRAP(CAUSE_LOAD_ACCESS, load, VIRTIO_REGISTERS + VIRTIO_REGISTERS_SIZE, 0);
}

TEST(PCI0103, "a buffer comes back with an interrupt, which reading its cause ends")
{
	if (!platform.is_bulkhead)
		return;
	write32(PLIC_PRIORITY, 1);
	write32(PLIC_ENABLE, 1U << SOURCE);
	EXPECT_TRUE(virtio_works());
	EXPECT_TRUE(trap_pending(IRQ_EXTERNAL));
	EXPECT_EQ(SOURCE, read32(PLIC_CLAIM));
	EXPECT_EQ(1, virtio_read(VIRTIO_ISR, 0, 1));
	write32(PLIC_CLAIM, SOURCE);
	EXPECT_TRUE(!trap_pending(IRQ_EXTERNAL));
	write32(PLIC_ENABLE, 0);
	virtio_set_status(0);
}
