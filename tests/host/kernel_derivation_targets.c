/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel_derivation_targets.h"

#include <kernel_driver.h>

unsigned choose_place(enum l4_type type)
{
	unsigned start = pick(ROOT_PLACES);
	for (unsigned n = 0; n < ROOT_PLACES && !chance(3); n++) {
		unsigned place = (start + n) % ROOT_PLACES;
		int node = tables[0].node[place];
		if (type == L4_TYPE_NULL ? node < 0 : node >= 0 && nodes[node].type == type)
			return place;
	}
	return start;
}

struct target choose_cnode(void)
{
	if (chance(50))
		return (struct target){L4_BOOT_CNODE, 0, 7, FIRST_SLOT, 4095};
	unsigned place = choose_place(L4_TYPE_CNODE);
	int node = tables[0].node[place];
	if (node < 0 || nodes[node].type != L4_TYPE_CNODE)
		return (struct target){FIRST_SLOT + place, -1, 0, 0, 1};
	return (struct target){FIRST_SLOT + place, nodes[node].object, nodes[node].rights, 0, tables[nodes[node].object].count};
}

struct target choose_invoked(void)
{
	for (;;) {
		struct target target = choose_cnode();
		int node = target.table < 0 ? tables[0].node[target.cap - FIRST_SLOT] : -1;
		if (node < 0)
			return target;
	}
}

word_t choose_index(const struct target *target, bool full)
{
	if (chance(2) || target->table < 0)
		return target->limit + pick(3);
	const struct table *table = &tables[target->table];
	unsigned place = pick(table->count);
	for (unsigned n = 0; n < table->count && !chance(2) && (table->node[place] >= 0) != full; n++)
		place = (place + 1) % table->count;
	return target->first + place;
}

int node_at(const struct target *target, word_t index)
{
	if (index >= target->limit)
		return -2;
	return tables[target->table].node[index - target->first];
}

status_t expect_rights(const struct target *target, word_t rights)
{
	if (target->table < 0)
		return L4_INVALID_CAP;
	return (target->rights & rights) == rights ? L4_OK : L4_NO_RIGHT;
}
