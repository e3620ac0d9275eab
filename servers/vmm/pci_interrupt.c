/* SPDX-License-Identifier: BSD-2-Clause */
#include "pci_bus.h"
#include "pci_private.h"

enum { STATUS_INTERRUPT = 8 };
enum { CAPABILITY_MSIX = 0x11, CAPABILITY_MSIX_SIZE = 12, MSIX_CONTROL = 2, MSIX_TABLE = 4, MSIX_PBA = 8 };
enum { CONTROL_ENABLE = 0x8000, CONTROL_MASK_ALL = 0x4000 };
/* Of an entry in the table, in words. */
enum { ENTRY_ADDRESS = 0, ENTRY_ADDRESS_HIGH = 1, ENTRY_DATA = 2, ENTRY_CONTROL = 3, ENTRY_WORDS = 4 };
enum { ENTRY_MASKED = 1 };

_Static_assert(PCI_MSIX_VECTORS_MAX * ENTRY_WORDS * sizeof(uint32_t) <= PCI_MSIX_PENDING, "the table and the pending bits lie apart");
_Static_assert(PCI_DEVICES <= 32, "a bit for each device");

void pci_msix_add(struct pci_function *function, unsigned int bar, unsigned int vectors, volatile uint32_t *memory)
{
	unsigned int offset = pci_capability_add(function, CAPABILITY_MSIX, CAPABILITY_MSIX_SIZE);
	pci_field_set(function->config, offset + MSIX_CONTROL, 2, vectors - 1);
	pci_field_set(function->writable, offset + MSIX_CONTROL, 2, CONTROL_ENABLE | CONTROL_MASK_ALL);
	pci_field_set(function->config, offset + MSIX_TABLE, 4, bar);
	pci_field_set(function->config, offset + MSIX_PBA, 4, PCI_MSIX_PENDING | bar);
	for (unsigned int i = 0; i < vectors; i++)
		memory[i * ENTRY_WORDS + ENTRY_CONTROL] = ENTRY_MASKED;
	function->msix_memory = memory;
	function->msix = offset;
	function->msix_vectors = vectors;
}

static uint32_t msix_control(const struct pci_function *function)
{
	return function->msix_memory ? pci_field(function->config, function->msix + MSIX_CONTROL, 2) : 0;
}

bool pci_msix_enabled(const struct pci_function *function)
{
	return msix_control(function) & CONTROL_ENABLE;
}

static void update_line(struct pci_function *function)
{
	bool off = pci_field(function->config, PCI_COMMAND, 2) & PCI_COMMAND_INTX_OFF;
	bool level = function->interrupt && function->config[PCI_INTERRUPT_PIN] && !off && !pci_msix_enabled(function);
	uint32_t status = pci_field(function->config, PCI_STATUS, 2) & ~STATUS_INTERRUPT;
	pci_field_set(function->config, PCI_STATUS, 2, status | (function->interrupt ? STATUS_INTERRUPT : 0));
	if (level == function->line)
		return;
	function->line = level;
	function->bus->platform->set_line(function->bus->context, function->device, level);
}

void pci_set_interrupt(struct pci_function *function, bool level)
{
	if (level == function->interrupt)
		return;
	function->interrupt = level;
	update_line(function);
}

static void set_pending(struct pci_function *function, uint32_t pending)
{
	unsigned int bit = 1U << function->device;
	function->msix_pending = pending;
	function->msix_memory[PCI_MSIX_PENDING / sizeof(uint32_t)] = pending;
	function->bus->pending = pending ? function->bus->pending | bit : function->bus->pending & ~bit;
}

/* False: the guest has masked the vector. Each word of the entry is read once. */
static bool try_send(struct pci_function *function, unsigned int vector)
{
	const volatile uint32_t *entry = function->msix_memory + vector * ENTRY_WORDS;
	if (msix_control(function) & CONTROL_MASK_ALL || entry[ENTRY_CONTROL] & ENTRY_MASKED)
		return false;
	uint64_t address = entry[ENTRY_ADDRESS] | (uint64_t)entry[ENTRY_ADDRESS_HIGH] << 32;
	/* A message is a write to memory, which only a bus master may make. */
	if (pci_field(function->config, PCI_COMMAND, 2) & PCI_COMMAND_MASTER)
		function->bus->platform->send(function->bus->context, address, entry[ENTRY_DATA]);
	return true;
}

void pci_msix_raise(struct pci_function *function, unsigned int vector)
{
	if (vector < function->msix_vectors && pci_msix_enabled(function) && !try_send(function, vector))
		set_pending(function, function->msix_pending | 1U << vector);
}

static void send_unmasked(struct pci_function *function)
{
	uint32_t still = 0;
	for (uint32_t rest = function->msix_pending; rest; rest &= rest - 1) {
		unsigned int vector = __builtin_ctz(rest);
		if (!try_send(function, vector))
			still |= 1U << vector;
	}
	set_pending(function, still);
}

void pci_bus_poll_masked(struct pci_bus *bus)
{
	for (unsigned int rest = bus->pending; rest; rest &= rest - 1)
		send_unmasked(bus->function[__builtin_ctz(rest)]);
}

void pci_interrupt_update(struct pci_function *function)
{
	update_line(function);
	if (!function->msix_pending)
		return;
	if (pci_msix_enabled(function))
		send_unmasked(function);
	else
		set_pending(function, 0);
}
