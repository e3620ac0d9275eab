/* SPDX-License-Identifier: BSD-2-Clause */
/* The I/O APICs, whose inputs together are the global system interrupts (GSI). */
#pragma once

#include <kernel/types.h>

struct acpi;

/* All inputs masked. Gives the first number above those of all GSIs; 0 where there is no I/O APIC. */
uint32_t ioapic_boot(const struct acpi *acpi);
bool ioapic_exists(uint32_t gsi);
/* Sends the input to a processor's vector, masked. Precondition: ioapic_exists, here and below. */
void ioapic_route(uint32_t gsi, uint32_t apic_id, unsigned vector, bool is_level, bool is_low);
void ioapic_mask(uint32_t gsi, bool masked);
