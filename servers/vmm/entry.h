/* SPDX-License-Identifier: BSD-2-Clause */
/* The architecture's part of starting a guest: arch/ISA/entry.c. */
#pragma once

#include <l4/space.h>

#include "block_backing.h"
#include "config.h"
#include "image.h"

/* Makes the guest's memory in its second-stage space. */
void entry_make_memory(const struct config *config, const struct l4_space *guest);

/* Where the guest begins. */
struct entry {
	l4_word_t pc;
	l4_word_t description; /* guest-physical address of what tells it about its machine */
	unsigned int protocol; /* of the architecture's: how it expects to be entered */
};

/* Puts the payload and the machine's description into the cleared guest memory. */
void entry_load(const struct config *config, struct entry *entry);

/* Sets the suspended vcpu thread's registers. */
void entry_set_registers(l4_cap_t vcpu_thread, const struct entry *entry);

/* Makes the devices, and serves the guest for ever. `disk`: null for none; `ports`: number of the channels' (channel_port.h). */
__attribute__((noreturn)) void entry_serve(l4_cap_t endpoint, struct block_backing *disk, unsigned int ports);
