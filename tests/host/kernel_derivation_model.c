/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel_derivation_model.h"

#include <arch/machine.h>

#include <string.h>

struct table tables[TABLES_MAX];
struct node nodes[NODES_MAX];
static int bound[TABLES_MAX]; /* by object number: the thread table to which a notification is bound, or -1 */
static int base_depth;

void reset_model(int depth)
{
	memset(tables, 0, sizeof(tables));
	memset(nodes, 0, sizeof(nodes));
	base_depth = depth;
}

/* --- Nodes and tables --- */

int new_node(enum l4_type type, word_t rights, int parent, int table, int place)
{
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive)
			continue;
		int depth = parent < 0 ? base_depth + 1 : nodes[parent].depth + 1;
		nodes[i] = (struct node){.alive = true, .type = type, .rights = rights, .parent = parent, .depth = depth, .table = table, .place = place};
		tables[table].node[place] = i;
		return i;
	}
	machine_fail("the model is full", NODES_MAX);
}

int new_table(enum table_kind kind, struct slot *slots, unsigned count)
{
	for (int i = 0; i < TABLES_MAX; i++) {
		if (tables[i].alive)
			continue;
		tables[i] = (struct table){.alive = true, .kind = kind, .slots = slots, .count = count};
		memset(tables[i].node, -1, sizeof(tables[i].node));
		bound[i] = -1;
		return i;
	}
	machine_fail("the model is full", TABLES_MAX);
}

int copy_node(int source, word_t rights, int table, int place)
{
	int copy = new_node(nodes[source].type, rights, source, table, place);
	nodes[copy].badge = nodes[source].badge;
	nodes[copy].size_bits = nodes[source].size_bits;
	nodes[copy].object = nodes[source].object;
	if (tables[table].kind == TABLE_THREAD && place == L4_BIND_NOTIFICATION)
		bound[nodes[source].object] = table;
	return copy;
}

void move_node(int node, int table, unsigned place)
{
	tables[nodes[node].table].node[nodes[node].place] = -1;
	tables[table].node[place] = node;
	nodes[node].table = table;
	nodes[node].place = place;
}

void exchange_reply(int thread_table, int source, unsigned place)
{
	int mine = tables[thread_table].node[L4_BIND_REPLY];
	tables[thread_table].node[L4_BIND_REPLY] = -1;
	if (source >= 0)
		move_node(source, thread_table, L4_BIND_REPLY);
	if (mine >= 0) {
		nodes[mine].table = 0;
		nodes[mine].place = place;
		tables[0].node[place] = mine;
	}
}

/* --- What there is --- */

bool has_table(const struct node *node)
{
	return node->type == L4_TYPE_CNODE || node->type == L4_TYPE_THREAD;
}

bool has_children(int index)
{
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive && nodes[i].parent == index)
			return true;
	}
	return false;
}

bool is_bound(int notification)
{
	return bound[notification] >= 0;
}

unsigned weight(int index)
{
	unsigned sum = 1;
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive && nodes[i].parent == index)
			sum += weight(i);
	}
	return sum;
}

bool its_table_is_doomed(int index)
{
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive && nodes[i].doomed && nodes[i].original && has_table(&nodes[i]) && nodes[i].object == nodes[index].table)
			return true;
	}
	return false;
}

/* --- Deletion --- */

void doom(int index)
{
	struct node *node = &nodes[index];
	if (node->doomed)
		return;
	node->doomed = true;
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive && nodes[i].parent == index)
			doom(i);
	}
	for (unsigned i = 0; node->original && has_table(node) && i < tables[node->object].count; i++) {
		if (tables[node->object].node[i] >= 0)
			doom(tables[node->object].node[i]);
	}
}

void doom_children(int index)
{
	for (int i = 0; i < NODES_MAX; i++) {
		if (nodes[i].alive && nodes[i].parent == index)
			doom(i);
	}
}

void remove_doomed(void)
{
	for (int i = 0; i < NODES_MAX; i++) {
		struct node *node = &nodes[i];
		if (!node->alive || !node->doomed)
			continue;
		if (tables[node->table].kind == TABLE_THREAD && node->place == L4_BIND_NOTIFICATION)
			bound[node->object] = -1;
		tables[node->table].node[node->place] = -1;
		if (node->original && (has_table(node) || node->type == L4_TYPE_NOTIFICATION))
			tables[node->object].alive = false;
		*node = (struct node){0};
	}
}
