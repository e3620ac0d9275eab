/* SPDX-License-Identifier: BSD-2-Clause */
/* The architecture's part of starting a guest: arch/ISA/. */
#pragma once

#include "config.h"
#include "image.h"

/* The guest-physical address at which guest memory begins. */
extern const l4_word_t entry_memory_base;

/* Where the guest begins. */
struct entry {
	l4_word_t pc;
	l4_word_t description; /* guest-physical address of the device tree */
};

/* Puts the payload and the machine's description into the cleared guest memory. */
void entry_load(const struct config *config, struct entry *entry);

/* Sets the suspended vcpu thread's registers. */
void entry_set_registers(l4_cap_t vcpu_thread, const struct entry *entry);

/* Makes the devices, and serves the guest for ever. */
__attribute__((noreturn)) void entry_serve(l4_cap_t endpoint);
