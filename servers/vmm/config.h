/* SPDX-License-Identifier: BSD-2-Clause */
/* What the VMM's creator has given it (servers/vmm.h), gathered once. */
#pragma once

#include <stdbool.h>

#include <l4/syscall.h>
#include <servers/vmm.h>

struct config_file {
	const uint8_t *data; /* null: none */
	l4_word_t size;
};

struct config {
	l4_cap_t domain;
	l4_cap_t monitor;
	l4_cap_t guest_slot[VMM_GUEST_SLOTS]; /* index 0 is unused */
	l4_cap_t alive;                       /* what a sign of life signals; 0: none is owed */
	l4_word_t memory_size;
	l4_word_t priority;
	l4_word_t budget;
	l4_word_t period;
	l4_word_t page_levels;
	l4_word_t features;
	l4_word_t seed[VMM_SEED_WORDS];
	struct config_file kernel;
	struct config_file initrd;
	struct config_file command_line;
	struct config_file disk;
	uint8_t *disk_copy;                   /* null: read-only */
	bool disk_kept;
};

void config_read(struct config *config);
