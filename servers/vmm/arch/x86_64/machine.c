/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include <l4/abi/arch.h>
#include <l4/time.h>

#include "cpuid.h"
#include "guest.h"

void machine_reset(struct machine *machine, struct block_backing *disk, unsigned int ports)
{
	machine->xcr0_mask = guest_register(L4_VCPU_REG_XCR0_MASK);
	machine->tsc_khz = l4_ticks_per_second() / 1000;
	apic_reset(&machine->apic);
	kvmclock_reset(&machine->clock, machine->tsc_khz);
	mtrr_reset(&machine->mtrr, cpuid_address_bits());
	pci_reset(&machine->pci, disk, ports);
	uart_reset(&machine->uart);
}

void machine_terminal_event(struct machine *machine)
{
	pci_devices_exchange(&machine->pci.devices);
	uart_exchange(&machine->uart);
}
