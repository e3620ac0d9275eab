/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps: an operation by the current thread in the model and in the kernel. */
#pragma once

#include <kernel_driver.h>

#include "kernel_derivation_model.h"

#define BASE_SLOT 1200 /* of the untyped that all of the world is made of */
#define WORKERS 2

enum operation { DO_RETYPE, DO_COPY, DO_MINT, DO_MOVE, DO_DELETE, DO_REVOKE, DO_IDENTIFY, DO_BIND, OPERATIONS };

/* What happened since the program began. */
extern struct derivation_counts {
	unsigned done[OPERATIONS], failed;
	unsigned torn_removals, restarts;
	unsigned most; /* capabilities at once */
	int deepest;
} counts;

void count_outcome(enum operation what, status_t status);

/* --- Operations --- */

void do_retype(void);
void do_copy(bool mint);
void do_move(void);
void do_identify(void);
void do_bind(void);

/* --- Removals --- */

/* Threads beside root that do steps, too. */
extern struct thread *workers[WORKERS];
void make_worker(unsigned number);
void do_removal(bool revoke);
/* Removals of several threads at once, each stopped where it stands. Root is current afterwards. */
void do_torn_removals(void);

/* --- Comparison --- */

/* Where a node's capability is. */
struct slot *slot_of(int index);
/* The whole model with the kernel. */
void compare(void);
