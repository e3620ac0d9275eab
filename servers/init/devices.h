/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine's devices, as far as init must know them. */
#pragma once

#include <l4/abi/types.h>

#include "../monitor/handover.h"

/* A new irq_handler of the line, in init's slots. */
l4_cap_t devices_interrupt(l4_word_t line);

/* Makes the frame of one page of registers in the slot. Other devices' pages stay untyped. Ends the machine with a message where the page is no device's. */
void devices_page(l4_word_t page, l4_cap_t frame);

/* Makes the capabilities to drive the description's devices, in init's slots. */
void devices_make(const struct system_description *system, struct handover_device device[SYSTEM_DEVICES_MAX]);

/* The architecture's part: io_ports. Ends the machine with a message where there are none. */
l4_cap_t devices_ports(l4_word_t first, l4_word_t count);

/*
 * The architecture's part: finds the first 16550 and makes the capabilities to drive it, in init's slots; gathers what entropy there is for guests, and what they may be
 * told of the processors (enum vmm_feature). Ends the machine with a message where something is missing.
 */
void devices_find(struct handover *handover);

/* The architecture's part: the io_ports of the machine's own watchdog, in init's slots, with which it can be started. Ends the machine with a message where there is none that is known. */
l4_cap_t devices_watchdog(void);

/* The architecture's name, as manifests have it. */
extern const char devices_architecture[];

/* What a processor of the architecture must have so that it can run guests, in words. */
extern const char devices_guest_support[];
