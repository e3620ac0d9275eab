/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reference model of derivation: a forest of nodes, one a capability, each in a place of a table (a cnode, or the own slots of a thread). Deletion in
 * the model is a closure of sets: descendants, and what lies in tables whose first capability goes.
 */
#pragma once

#include <kernel/slot.h>

#define NODES_MAX 1024
#define TABLES_MAX 512
#define ROOT_PLACES 32
#define PLACES_MAX 32

enum table_kind { TABLE_ROOT, TABLE_CNODE, TABLE_THREAD };

struct table {
	bool alive;
	enum table_kind kind;
	struct slot *slots;
	unsigned count;
	int node[PLACES_MAX];
};

struct node {
	bool alive;
	bool original;
	bool doomed;
	enum l4_type type;
	word_t rights, badge, size_bits;
	int parent; /* -1: the base */
	int depth;
	int table, place;    /* where it is */
	int object;          /* cnode, thread: its table; others: a number of its own */
	word_t watermark;    /* untyped */
};

/* The first table is root's: its places 0 to ROOT_PLACES - 1 are the slots from FIRST_SLOT. */
extern struct table tables[TABLES_MAX];
extern struct node nodes[NODES_MAX];

/* Nothing is left; `base_depth` is the depth of the untyped that all is made of. */
void reset_model(int base_depth);

/* --- Nodes and tables, by their numbers --- */

/* Fail if the model is full. */
int new_node(enum l4_type type, word_t rights, int parent, int table, int place);
int new_table(enum table_kind kind, struct slot *slots, unsigned count);
/* A child of `source` that names the same object. */
int copy_node(int source, word_t rights, int table, int place);
void move_node(int node, int table, unsigned place);
/* What a thread has bound for replies changes places with `source` (-1: nothing), which is in that place of root's table. */
void exchange_reply(int thread_table, int source, unsigned place);

/* --- What there is --- */

bool has_table(const struct node *node);
bool has_children(int index);
/* By the number of its object. */
bool is_bound(int notification);
/* How many nodes are its descendants, itself counted. */
unsigned weight(int index);
/* The cnode that it is in goes. */
bool its_table_is_doomed(int index);

/* --- Deletion: first what is to go is marked, then all of it is removed --- */

void doom(int index);
void doom_children(int index);
void remove_doomed(void);
