/* SPDX-License-Identifier: BSD-2-Clause */
/* The watchdog of Intel's ICH9 (TCO), which QEMU's q35 has: its ports lie among those of power management, and a bit among the chipset's registers keeps it from resetting the machine. */
#include <l4/stubs.h>
#include <servers/tco.h>

#include "../../devices.h"
#include "../../init.h"

enum {
	PCI_ADDRESS = 0xcf8, /* ports */
	PCI_DATA = 0xcfc,
	PCI_PORTS = 8,
	PCI_ENABLE = 1U << 31,
	LPC_BRIDGE = 0x1f << 11, /* bus 0, device 31, function 0 */
};

/* Registers of the bridge's configuration, and of what they tell the place. */
enum {
	ID = 0x00,
	PMBASE = 0x40,
	PMBASE_PORTS = 0xff80,
	RCBA = 0xf0,
	ICH9_ID = 0x29188086,
	RCBA_ENABLED = 1,
	GCS = 0x3410,        /* from RCBA on */
	GCS_NO_REBOOT = 1 << 5,
};

#define RCBA_MEANWHILE 0xfe000000 /* between the PCI bus's memory and the I/O APICs' */
#define PAGE_SIZE (1UL << L4_PAGE_BITS)

static void choose(l4_cap_t pci, uint32_t number)
{
	init_require(l4_io_ports_write(pci, PCI_ADDRESS, 4, PCI_ENABLE | LPC_BRIDGE | number), "the machine's watchdog");
}

static uint32_t read_bridge(l4_cap_t pci, uint32_t number)
{
	l4_word_t value = 0;
	choose(pci, number);
	init_require(l4_io_ports_read(pci, PCI_DATA, 4, &value), "the machine's watchdog");
	return (uint32_t)value;
}

static void write_bridge(l4_cap_t pci, uint32_t number, uint32_t value)
{
	choose(pci, number);
	init_require(l4_io_ports_write(pci, PCI_DATA, 4, value), "the machine's watchdog");
}

/* The page is mapped only for this. */
static void clear_no_reboot(void)
{
	l4_cap_t frame = l4_slots_alloc(&init.slots);
	devices_page((RCBA_MEANWHILE + GCS) & -PAGE_SIZE, frame);
	init_require(l4_space_map(&init.window.own, frame, init.window.vaddr, L4_READ | L4_WRITE), "the chipset's registers");
	volatile uint32_t *gcs = (volatile uint32_t *)(init.window.vaddr + GCS % PAGE_SIZE);
	*gcs &= ~(uint32_t)GCS_NO_REBOOT;
	if (*gcs & GCS_NO_REBOOT)
		init_fail("the description wants the machine's watchdog, and this machine does not let it reset the machine");
	init_require(l4_cnode_delete(L4_BOOT_CNODE, frame), "the chipset's registers");
}

/* Where firmware puts the chipset's registers is memory that it reserves, of which the kernel gives nothing away. They can be elsewhere meanwhile: nobody else runs yet. */
static void let_it_reset(l4_cap_t pci)
{
	uint32_t chipset = read_bridge(pci, RCBA);
	write_bridge(pci, RCBA, RCBA_MEANWHILE | RCBA_ENABLED);
	clear_no_reboot();
	write_bridge(pci, RCBA, chipset);
}

l4_cap_t devices_watchdog(void)
{
	l4_cap_t pci = devices_ports(PCI_ADDRESS, PCI_PORTS);
	if (read_bridge(pci, ID) != ICH9_ID || (read_bridge(pci, PMBASE) & PMBASE_PORTS) != TCO_PORTS - TCO_FROM_POWER)
		init_fail("the description wants the machine's watchdog, and this machine has none where an ICH9 has it");
	let_it_reset(pci);
	init_require(l4_cnode_delete(L4_BOOT_CNODE, pci), "the machine's watchdog");
	return devices_ports(TCO_PORTS, TCO_PORTS_COUNT);
}
