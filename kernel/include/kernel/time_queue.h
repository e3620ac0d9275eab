/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens at a time: a leftist heap. Insertion and removal take O(log n) steps of the owner's own entries, without recursion.
 */
#pragma once

#include <kernel/types.h>

struct time_node {
	ticks_t when;
	struct time_node *left;
	struct time_node *right;
	struct time_node *parent;
	uint8_t rank;  /* steps to the nearest missing child; rank(left) >= rank(right) */
	bool queued;
	uint8_t kind;  /* enum time_kind */
};

enum time_kind {
	TIME_TIMER,
	TIME_VCPU,
	TIME_REPLENISHMENT,
};

struct time_queue {
	struct time_node *first;
};

void time_queue_insert(struct time_queue *queue, struct time_node *node, ticks_t when);
/* Precondition: the node is in this queue. */
void time_queue_remove(struct time_queue *queue, struct time_node *node);

static inline ticks_t time_queue_first(const struct time_queue *queue)
{
	return queue->first ? queue->first->when : TICKS_NEVER;
}
