/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtio console behind ports: configuration mechanism #1, registers at ports of ours. */
#include "virtio.h"

#define REGISTERS 0xc000

static uint32_t read(uint16_t port, unsigned int width)
{
	return width == 1 ? in8(port) : width == 2 ? in16(port) : in32(port);
}

static void write(uint16_t port, unsigned int width, uint32_t value)
{
	if (width == 1)
		out8(port, value);
	else if (width == 2)
		out16(port, value);
	else
		out32(port, value);
}

/* The data port of a register. */
static uint16_t select(unsigned int device, unsigned int offset)
{
	out32(PORT_PCI_ADDRESS, 0x80000000 | device << 11 | (offset & ~3U));
	return PORT_PCI_DATA + offset % 4;
}

uint32_t pci_read(unsigned int device, unsigned int offset, unsigned int width)
{
	return read(select(device, offset), width);
}

void pci_write(unsigned int device, unsigned int offset, unsigned int width, uint32_t value)
{
	write(select(device, offset), width, value);
}

void virtio_place(void)
{
	pci_write(PCI_CONSOLE, PCI_BAR0, 4, REGISTERS);
	pci_write(PCI_CONSOLE, PCI_COMMAND, 2, 7);
}

static uint16_t port_of(enum virtio_structure structure, unsigned int offset)
{
	static const uint8_t places[] = {[VIRTIO_COMMON] = 0, [VIRTIO_ISR] = 0x40, [VIRTIO_NOTIFY] = 0x60};
	return REGISTERS + places[structure] + offset;
}

uint32_t virtio_read(enum virtio_structure structure, unsigned int offset, unsigned int width)
{
	return read(port_of(structure, offset), width);
}

void virtio_write(enum virtio_structure structure, unsigned int offset, unsigned int width, uint32_t value)
{
	write(port_of(structure, offset), width, value);
}

const uint64_t virtio_no_memory[] = {0xc0000000, 0xc00a0000, 0xfee00000, 1UL << 40, 0};
