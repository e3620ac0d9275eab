/* SPDX-License-Identifier: BSD-2-Clause */
/* The comparison of the model with the kernel. */
#include "kernel_derivation_steps.h"

struct slot *slot_of(int index)
{
	return tables[nodes[index].table].slots + nodes[index].place;
}

static const struct slot *parent_of(const struct slot *slot)
{
	while (slot->prev->child != slot)
		slot = slot->prev;
	return slot->prev;
}

static void compare_node(int index, bool thoroughly)
{
	const struct node *node = &nodes[index];
	const struct slot *slot = slot_of(index);
	if (node->depth > counts.deepest)
		counts.deepest = node->depth;
	EXPECT_EQ(node->type, slot_type(slot));
	EXPECT_EQ(node->rights, slot_rights(slot));
	EXPECT_EQ(node->original, slot_is_original(slot));
	EXPECT_EQ(node->depth, slot->depth);
	EXPECT_EQ(node->size_bits, slot_size_bits(slot));
	if (node->type == L4_TYPE_ENDPOINT || node->type == L4_TYPE_NOTIFICATION)
		EXPECT_EQ(node->badge, slot->badge);
	if (!thoroughly)
		return;
	EXPECT_EQ(has_children(index), slot->child != NULL);
	EXPECT_TRUE(parent_of(slot) == (node->parent < 0 ? root_slot(BASE_SLOT) : slot_of(node->parent)));
}

void compare(void)
{
	bool thoroughly = chance(5);
	unsigned count = 0;
	for (int t = 0; t < TABLES_MAX; t++) {
		for (unsigned i = 0; tables[t].alive && i < tables[t].count; i++) {
			if (tables[t].node[i] < 0) {
				EXPECT_TRUE(slot_is_empty(&tables[t].slots[i]));
				continue;
			}
			compare_node(tables[t].node[i], thoroughly);
			count++;
		}
	}
	if (count > counts.most)
		counts.most = count;
}
