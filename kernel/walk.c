/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/walk.h>

/* Children, then siblings, then the siblings of ancestors. */
static bool advance(struct walk *walk)
{
	const struct slot *at = walk->path[walk->depth];
	if (at->child) {
		walk->path[++walk->depth] = at->child;
		return true;
	}
	while (walk->depth) {
		at = walk->path[walk->depth];
		if (at->next) {
			walk->path[walk->depth] = at->next;
			return true;
		}
		walk->depth--;
	}
	return false;
}

bool walk_next(struct walk *walk)
{
	if (!walk->standing) {
		walk->path[0] = &slot_origin;
		walk->depth = 0;
	}
	walk->standing = advance(walk);
	return walk->standing;
}
