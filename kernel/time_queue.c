/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/time_queue.h>

static unsigned rank(const struct time_node *node)
{
	return node ? node->rank : 0;
}

/* Restores the order of ranks from a node up, as far as anything changes: the rank bounds the way up the right spines to O(log n) changes. */
static void repair_ranks(struct time_node *node)
{
	while (node) {
		if (rank(node->left) < rank(node->right)) {
			struct time_node *left = node->left;
			node->left = node->right;
			node->right = left;
		}
		uint8_t new_rank = rank(node->right) + 1;
		if (node->rank == new_rank)
			return;
		node->rank = new_rank;
		node = node->parent;
	}
}

static struct time_node *merge(struct time_node *a, struct time_node *b)
{
	struct time_node *root = NULL, *last = NULL;
	while (a && b) {
		if (b->when < a->when) {
			struct time_node *swap = a;
			a = b;
			b = swap;
		}
		a->parent = last;
		if (last)
			last->right = a;
		else
			root = a;
		last = a;
		a = a->right;
	}
	struct time_node *rest = a ? a : b;
	if (!last)
		return rest;
	last->right = rest;
	if (rest)
		rest->parent = last;
	/* Every node of the merged spine may have changed: walk all of it. */
	for (struct time_node *node = last; node; node = node->parent) {
		node->rank = 0;
		if (rank(node->left) < rank(node->right)) {
			struct time_node *left = node->left;
			node->left = node->right;
			node->right = left;
		}
		node->rank = rank(node->right) + 1;
	}
	return root;
}

void time_queue_insert(struct time_queue *queue, struct time_node *node, ticks_t when)
{
	node->when = when;
	node->left = node->right = node->parent = NULL;
	node->rank = 1;
	node->queued = true;
	queue->first = merge(queue->first, node);
	queue->first->parent = NULL;
}

void time_queue_remove(struct time_queue *queue, struct time_node *node)
{
	struct time_node *parent = node->parent;
	if (node->left)
		node->left->parent = NULL;
	if (node->right)
		node->right->parent = NULL;
	struct time_node *rest = merge(node->left, node->right);
	if (rest)
		rest->parent = parent;
	if (!parent)
		queue->first = rest;
	else if (parent->left == node)
		parent->left = rest;
	else
		parent->right = rest;
	repair_ranks(parent);
	node->left = node->right = node->parent = NULL;
	node->queued = false;
}
