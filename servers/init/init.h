/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * init builds the system of the bundle's manifest: it finds the bundle, divides the machine's memory, builds the monitor and hands
 * everything over. Then the monitor destroys it.
 */
#pragma once

#include <stdbool.h>

#include <l4/loader.h>
#include <l4/startup.h>

#include "manifest.h"

#define INIT_EXIT_FAILED 20

/* Slots of init's own cnode, besides enum l4_boot_slot. */
enum init_slots {
	INIT_SLOTS_SUCCESSOR = 256, /* whatever is made of the memory of the program that init builds */
	INIT_SLOTS_SUCCESSOR_COUNT = 512,
	INIT_SLOTS_SCRATCH = 768,   /* of init's own memory: goes with init */
	INIT_SLOTS_SCRATCH_COUNT = 256,
	INIT_SLOTS_MACHINE = 1024,  /* of the machine's memory and devices */
	INIT_SLOTS_MACHINE_COUNT = 3072,
};

struct init {
	const struct l4_bootinfo *bootinfo;
	struct l4_slots slots;
	struct l4_objects machine;    /* all memory of the machine but devices */
	l4_cap_t scratch_untyped;
	struct l4_slots scratch_slots;
	struct l4_objects scratch;    /* init's own page tables */
	struct l4_window window;      /* through which init fills the memory of others */
	const uint8_t *bundle;
	size_t bundle_size;
	const uint8_t *devicetree;
	struct manifest manifest;
};

extern struct init init;

/* Says what is wrong and ends the machine. */
__attribute__((noreturn, format(printf, 1, 2))) void init_fail(const char *format, ...);

/* Ends the machine where an operation that must succeed does not. */
void init_require(l4_status_t status, const char *what);

/* Whether a slot of init's cnode holds a capability. */
bool init_holds(l4_cap_t slot);
