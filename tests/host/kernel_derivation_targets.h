/* SPDX-License-Identifier: BSD-2-Clause */
/* The random choice of what an operation is done with, by the model. */
#pragma once

#include "kernel_derivation_model.h"

/* A cnode as a call names it: the number of its slot, its table, and the number of its first place that tests use. */
struct target {
	word_t cap;
	int table;     /* -1: no cnode */
	word_t rights; /* of the capability */
	word_t first;
	word_t limit;  /* slots */
};

/* A place of root's table; if possible with a capability of the type. */
unsigned choose_place(enum l4_type type);
struct target choose_cnode(void);
/* A cnode to invoke: never an endpoint, whose call would be a message. */
struct target choose_invoked(void);
/* A slot of the cnode, most often a full one or an empty one, as wanted; at times one that is out of range. */
word_t choose_index(const struct target *target, bool full);

/* The node that is there. -2: out of range; -1: empty. */
int node_at(const struct target *target, word_t index);
/* What a call gives that needs these rights to the cnode. */
status_t expect_rights(const struct target *target, word_t rights);
