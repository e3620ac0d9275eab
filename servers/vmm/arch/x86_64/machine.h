/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that a guest finds: one processor, memory from 0 on, devices at ports. No PIC, PIT, RTC, I/O APIC or firmware. */
#pragma once

#include <stdint.h>

#include "apic.h"
#include "kvmclock.h"
#include "mtrr.h"
#include "pci.h"
#include "power.h"
#include "uart.h"

/* Guest memory ends below the devices' addresses. */
#define MACHINE_MEMORY_MAX (3UL << 30)

struct machine {
	struct apic apic;
	struct kvmclock clock;
	struct mtrr mtrr;
	struct pci pci;
	struct power power;
	struct uart uart;
	uint64_t xcr0_mask; /* what the guest may set in XCR0 */
	uint32_t tsc_khz;
};

/* `disk`: null for none; `ports`: number of the channels' (channel_port.h). */
void machine_reset(struct machine *machine, struct block_backing *disk, unsigned int ports);

/* Terminal input or room for output has come, or a device has asked for another call. */
void machine_terminal_event(struct machine *machine);
