/* SPDX-License-Identifier: BSD-2-Clause */
/* What the back end has found out about the machine while booting; constant afterwards. */
#pragma once

#include <kernel/boot.h>

struct machine {
	bool has_sstc;
	bool has_fpu;
	bool has_debug_console;
	bool has_guest_sstc; /* a timer of the guests' own */
	bool has_senvcfg;
	volatile uint32_t *test; /* the finisher that ends an emulator with a status; null where there is none */
};

extern struct machine machine;

/* Reads the device tree: fills `platform` but for what the hart itself tells, and drives the interrupt controller's and finisher's mapping. */
void platform_discover(struct boot_platform *platform, paddr_t devicetree, word_t hart, paddr_t image);
