/* SPDX-License-Identifier: BSD-2-Clause */
/* A walk through all capabilities in the order of the derivation tree: parents before their children. */
#pragma once

#include <kernel/slot.h>

/* path[depth] is where it stands, path[0] the origin, which is no capability. It is void once a slot on its path loses its place. */
struct walk {
	const struct slot *path[L4_DERIVATION_DEPTH_MAX + 2];
	unsigned depth;
	bool standing; /* false: begins at the origin */
};

/* Goes on to the next capability. False at the end, after which it begins anew. Bounded by L4_DERIVATION_DEPTH_MAX. */
bool walk_next(struct walk *walk);
