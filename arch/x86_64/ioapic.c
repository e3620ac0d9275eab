/* SPDX-License-Identifier: BSD-2-Clause */
#include "ioapic.h"

#include <kernel/print.h>

#include "acpi.h"
#include "map.h"

/* The two registers in memory, and those that are reached through them. */
#define SELECT 0x00
#define WINDOW 0x10
#define REGISTERS_SIZE 0x20
#define VERSION 0x01
#define REDIRECTION(input) (0x10 + 2 * (input))

#define VERSION_LAST_INPUT(version) ((version) >> 16 & 0xff)
#define REDIRECTION_LOW 0x2000
#define REDIRECTION_LEVEL 0x8000
#define REDIRECTION_MASKED 0x10000
#define REDIRECTION_APIC_ID_SHIFT 24
#define APIC_ID_MAX 0xfe /* that an entry can name; 255 is everybody */

static struct ioapic {
	volatile uint32_t *registers;
	uint32_t gsi_base;
	uint32_t inputs;
} ioapics[ACPI_IOAPICS_MAX];
static unsigned ioapic_count;

static uint32_t read(const struct ioapic *ioapic, unsigned number)
{
	ioapic->registers[SELECT / 4] = number;
	return ioapic->registers[WINDOW / 4];
}

static void write(const struct ioapic *ioapic, unsigned number, uint32_t value)
{
	ioapic->registers[SELECT / 4] = number;
	ioapic->registers[WINDOW / 4] = value;
}

/* Null where there is none. */
static const struct ioapic *find(uint32_t gsi)
{
	for (unsigned i = 0; i < ioapic_count; i++)
		if (gsi - ioapics[i].gsi_base < ioapics[i].inputs)
			return &ioapics[i];
	return NULL;
}

static void start(const struct acpi_ioapic *description)
{
	struct ioapic *ioapic = &ioapics[ioapic_count];
	ioapic->registers = map_device(description->base, REGISTERS_SIZE);
	ioapic->gsi_base = description->gsi_base;
	ioapic->inputs = VERSION_LAST_INPUT(read(ioapic, VERSION)) + 1;
	if (find(ioapic->gsi_base) || ioapic->gsi_base > UINT32_MAX - ioapic->inputs)
		panic("ACPI: the MADT gives two I/O APICs the same inputs, from", ioapic->gsi_base);
	ioapic_count++;
	for (unsigned input = 0; input < ioapic->inputs; input++)
		write(ioapic, REDIRECTION(input), REDIRECTION_MASKED);
}

uint32_t ioapic_boot(const struct acpi *acpi)
{
	uint32_t end = 0;
	for (unsigned i = 0; i < acpi->ioapic_count; i++) {
		start(&acpi->ioapics[i]);
		uint32_t above = ioapics[i].gsi_base + ioapics[i].inputs;
		end = above > end ? above : end;
	}
	return end;
}

bool ioapic_exists(uint32_t gsi)
{
	return find(gsi);
}

void ioapic_route(uint32_t gsi, uint32_t apic_id, unsigned vector, bool is_level, bool is_low)
{
	const struct ioapic *ioapic = find(gsi);
	uint32_t number = REDIRECTION(gsi - ioapic->gsi_base);
	if (apic_id > APIC_ID_MAX)
		panic("the I/O APICs cannot reach the boot processor, whose number is", apic_id);
	write(ioapic, number, REDIRECTION_MASKED | (is_level ? REDIRECTION_LEVEL : 0) | (is_low ? REDIRECTION_LOW : 0) | vector);
	write(ioapic, number + 1, apic_id << REDIRECTION_APIC_ID_SHIFT);
}

void ioapic_mask(uint32_t gsi, bool masked)
{
	const struct ioapic *ioapic = find(gsi);
	uint32_t number = REDIRECTION(gsi - ioapic->gsi_base);
	uint32_t entry = read(ioapic, number) & ~(uint32_t)REDIRECTION_MASKED;
	write(ioapic, number, entry | (masked ? REDIRECTION_MASKED : 0));
}
