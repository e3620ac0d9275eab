/* SPDX-License-Identifier: BSD-2-Clause */
/* Building partitions, at start and again at each restart, and taking them down. */
#pragma once

#include "monitor.h"

/*
 * Builds and starts the partition, which is down: warm, with what it keeps as it left it, or cold, with that cleared. False (and it is down again, and
 * why is said) where that fails.
 */
bool part_build(struct part *part, bool is_warm);

/* Takes back all that the partition is made of. Nothing of it runs or can be reached afterwards. */
void part_take_down(struct part *part);

/* Sets up the bookkeeping of a partition; its memory is as init gave it. */
void part_init(struct part *part, unsigned int index);

/* --- Parts of part_build --- */

/* The monitor's endpoint for one role of the partition, in a slot that goes with it. */
l4_cap_t part_endpoint(struct part *part, enum role role);

/* An untyped of the partition's, half of all of the kind, to be given to a program. Must come before anything else is made of that memory. */
l4_cap_t part_half(struct part *part, struct process *process, enum l4_memory kind);

/* Gives an untyped to the program, and lists it in its startup block. */
l4_word_t part_give_untyped(struct part *part, struct process *process, l4_cap_t untyped);

/* Configuration of one of its programs. */
struct process_config part_config(const struct part *part, l4_cap_t handler);

/* Maps a copy of a frame of the monitor's into the program's space. */
void part_map(struct part *part, l4_cap_t frame, l4_word_t vaddr, l4_word_t rights);

/* Loads a file of the bundle. */
void part_load(struct process *process, const char *program);

/* A VMM's own part (names: servers/vmm.h). */
void build_guest(struct part *part, l4_cap_t objects);

/* Builds and starts the partition's pager, and fills part->program.entry: the program itself is not loaded. */
l4_cap_t build_pager_endpoint(struct part *part);
void build_pager(struct part *part, l4_cap_t endpoint, l4_cap_t objects, l4_cap_t pages);
