/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of the local APIC that the kernel leaves to the VMM (l4/abi/arch.h): its identity, its local vector table, the interrupt command register and the
 * timer's counting modes. The APIC is in x2APIC mode from reset on, and stays there: its ID is 0.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define APIC_MSR_BASE 0x1b
#define APIC_MSR_FIRST 0x800
#define APIC_MSR_LAST 0x8ff
#define APIC_LVTS 6 /* timer, thermal, performance counters, LINT0, LINT1, error */

struct apic {
	uint32_t lvt[APIC_LVTS];
	uint32_t spurious;      /* SVR */
	uint32_t errors;        /* since ESR was written */
	uint32_t errors_latched;
	uint64_t command;       /* ICR */
	uint32_t initial;       /* initial count */
	uint32_t divide;        /* divide configuration */
};

void apic_reset(struct apic *apic);

/* Registers, by number of their MSR. False: the access is a general protection fault. */
bool apic_read(const struct apic *apic, uint32_t msr, uint64_t *value);
bool apic_write(struct apic *apic, uint32_t msr, uint64_t value);

/* The guest has set its time-stamp counter so much further. */
void apic_tsc_moved(const struct apic *apic, uint64_t by);

/* IA32_APIC_BASE. */
uint64_t apic_base(void);

/* Delivers what a device has written to the APIC's address range (an MSI). */
void apic_message(uint64_t address, uint32_t data);
