/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel needs of ACPI: the interrupt controllers that the MADT tells of. */
#pragma once

#include <kernel/types.h>

#define ACPI_IOAPICS_MAX 16
#define ISA_LINES 16

/* A wire of the ISA bus: where it arrives. */
struct acpi_isa_line {
	uint32_t gsi;
	bool is_level;
	bool is_low; /* active low */
};

struct acpi_ioapic {
	paddr_t base;
	uint32_t gsi_base;
};

struct acpi {
	struct acpi_ioapic ioapics[ACPI_IOAPICS_MAX];
	unsigned ioapic_count;
	struct acpi_isa_line isa[ISA_LINES];
};

/* Reads the tables from the root that the boot loader has named, or (rsdp 0) that a BIOS has left where those do. Panics with the table's name where one is missing or wrong. */
void acpi_read(struct acpi *acpi, paddr_t rsdp);
