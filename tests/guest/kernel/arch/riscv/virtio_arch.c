/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio console behind memory: configuration space by ECAM, registers at an address of ours. */
#include "pci.h"

static uint32_t read(uint64_t address, unsigned int width)
{
	uint16_t half;
	if (width == 1)
		return read8(address);
	if (width == 4)
		return read32(address);
	__asm__ volatile("lhu %0, (%1)" : "=r"(half) : "r"(address) : "memory");
	return half;
}

static void write(uint64_t address, unsigned int width, uint32_t value)
{
	if (width == 1)
		write8(address, value);
	else if (width == 4)
		write32(address, value);
	else
		__asm__ volatile("sh %0, (%1)" ::"r"(value), "r"(address) : "memory");
}

uint32_t pci_read(unsigned int device, unsigned int offset, unsigned int width)
{
	return read(PCI_ECAM + device * PCI_DEVICE + offset, width);
}

void pci_write(unsigned int device, unsigned int offset, unsigned int width, uint32_t value)
{
	write(PCI_ECAM + device * PCI_DEVICE + offset, width, value);
}

void virtio_place(void)
{
	pci_write(PCI_CONSOLE, PCI_BAR0, 4, VIRTIO_REGISTERS);
	pci_write(PCI_CONSOLE, PCI_COMMAND, 2, 6);
}

static uint64_t address_of(enum virtio_structure structure, unsigned int offset)
{
	static const uint32_t places[] = {[VIRTIO_COMMON] = 0, [VIRTIO_ISR] = 0x1000, [VIRTIO_NOTIFY] = 0x3000};
	return VIRTIO_REGISTERS + places[structure] + offset;
}

uint32_t virtio_read(enum virtio_structure structure, unsigned int offset, unsigned int width)
{
	return read(address_of(structure, offset), width);
}

void virtio_write(enum virtio_structure structure, unsigned int offset, unsigned int width, uint32_t value)
{
	write(address_of(structure, offset), width, value);
}

const uint64_t virtio_no_memory[] = {PLIC_BASE, PCI_ECAM, VIRTIO_REGISTERS, 16, 0};
