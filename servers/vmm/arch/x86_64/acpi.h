/* SPDX-License-Identifier: BSD-2-Clause */
/* The ACPI tables that tell a guest about its machine: hardware-reduced ACPI, so that there is no fixed hardware to emulate. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Writes RSDP (first), XSDT, FADT, MADT and DSDT, which lie at guest-physical `base`, into `buffer`; gives their size, 0 where they do not fit. */
size_t acpi_write(uint64_t base, void *buffer, size_t capacity);

/* What the guest writes into its sleep-control register to power itself off: this type, as \_S5 says, and the enable bit. */
#define ACPI_SLEEP_TYPE_OFF 5
#define ACPI_SLEEP_TYPE_SHIFT 2
#define ACPI_SLEEP_TYPE_MASK 7
#define ACPI_SLEEP_ENABLE 0x20

/* What it writes into its reset register. */
#define ACPI_RESET_VALUE 6
