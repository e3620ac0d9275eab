/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reader of a flattened device tree, one pass from start to end. It trusts nothing in the tree: whatever lies outside the blob's
 * own size ends the walk, and `broken` tells so.
 */
#pragma once

#include <kernel/types.h>

#define FDT_DEPTH_MAX 16

struct fdt_cells {
	uint32_t address;
	uint32_t size;
};

struct fdt {
	const uint8_t *blob;
	uint32_t size;
	uint32_t structure;  /* offset and end of the structure block */
	uint32_t structure_end;
	uint32_t strings;
	uint32_t strings_end;
	uint32_t reservations;
	uint32_t next;       /* where the walk is */
	unsigned depth;      /* of the node that the walk is in; the root has 1 */
	struct fdt_cells cells[FDT_DEPTH_MAX + 1]; /* by depth: for the children of the node there */
	bool broken;
};

struct fdt_node {
	const char *name;
	unsigned depth;
	struct fdt_cells cells; /* of its `reg`: the parent's */
	uint32_t properties;    /* offset of the first */
};

struct fdt_property {
	const uint8_t *data; /* null where there is no such property */
	uint32_t size;
};

/* Bytes of the tree whose header this is; 0 where it is none. */
uint32_t fdt_size(const void *header);
/* False where the header contradicts itself. */
bool MUST_CHECK fdt_open(struct fdt *fdt, const void *blob, uint32_t size);
/* The next node in the order of the blob. False at the end. */
bool fdt_next(struct fdt *fdt, struct fdt_node *node);
struct fdt_property fdt_property(const struct fdt *fdt, const struct fdt_node *node, const char *name);
/* Number `index` of `cells` cells each; 0 outside the property. */
uint64_t fdt_number(struct fdt_property property, uint32_t first_cell, uint32_t cells);
/* Range `index` of the node's reg; false where there is none so far. */
bool fdt_reg(const struct fdt *fdt, const struct fdt_node *node, unsigned index, uint64_t *base, uint64_t *size);
bool fdt_is_compatible(const struct fdt *fdt, const struct fdt_node *node, const char *what);
/* Whether the property is this text. */
bool fdt_is_text(struct fdt_property property, const char *text);
/* Whether the node's name is this, without what follows an @. */
bool fdt_is_named(const struct fdt_node *node, const char *name);
/* Entry `index` of the memory reservation block; false at its end. */
bool fdt_reservation(const struct fdt *fdt, unsigned index, uint64_t *base, uint64_t *size);
