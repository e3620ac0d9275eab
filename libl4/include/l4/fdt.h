/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reader of flattened device trees, for hostile input: every access is checked against the blob, nothing recurses, and every loop is
 * bounded by the blob's length.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct l4_fdt {
	const uint8_t *structure;
	uint32_t structure_size;
	const char *strings;
	uint32_t strings_size;
};

/* A node is the offset of its begin token in the structure block. */
typedef uint32_t l4_fdt_node;
#define L4_FDT_NONE UINT32_MAX

struct l4_fdt_property {
	const char *name;
	const uint8_t *data;
	uint32_t size;
};

/* Checks the header; size is how many bytes may be read at most. */
bool l4_fdt_open(struct l4_fdt *fdt, const void *blob, size_t size);

/* The total size a header promises, to know how much to map; 0 for no device tree. Reads the first 8 bytes. */
uint32_t l4_fdt_total_size(const void *header);

l4_fdt_node l4_fdt_root(const struct l4_fdt *fdt);

/* The node's first child, its next sibling, its parent; L4_FDT_NONE where there is none or the blob is damaged. */
l4_fdt_node l4_fdt_child(const struct l4_fdt *fdt, l4_fdt_node node);
l4_fdt_node l4_fdt_sibling(const struct l4_fdt *fdt, l4_fdt_node node);
l4_fdt_node l4_fdt_parent(const struct l4_fdt *fdt, l4_fdt_node node);

/* The next node in the order of the blob, over all depths. */
l4_fdt_node l4_fdt_next(const struct l4_fdt *fdt, l4_fdt_node node);

/* The name with its unit address; "" for the root. */
const char *l4_fdt_name(const struct l4_fdt *fdt, l4_fdt_node node);

/* The node at a path such as "/soc/serial@10000000"; a component without "@" matches a node with any unit address. */
l4_fdt_node l4_fdt_find(const struct l4_fdt *fdt, const char *path);

/* The first node behind `after` (L4_FDT_NONE: from the start) one of whose compatible strings is `compatible`. */
l4_fdt_node l4_fdt_find_compatible(const struct l4_fdt *fdt, l4_fdt_node after, const char *compatible);

/* A property by name; by order (*cursor is 0 to begin with). */
bool l4_fdt_property(const struct l4_fdt *fdt, l4_fdt_node node, const char *name, struct l4_fdt_property *property);
bool l4_fdt_next_property(const struct l4_fdt *fdt, l4_fdt_node node, uint32_t *cursor, struct l4_fdt_property *property);

/* Values: the 32-bit cell number `index`; 1 or 2 cells as one number; a whole string (null when it does not end inside the property). */
bool l4_fdt_cell(const struct l4_fdt_property *property, uint32_t index, uint32_t *value);
bool l4_fdt_number(const struct l4_fdt_property *property, uint64_t *value);
const char *l4_fdt_string(const struct l4_fdt_property *property);

/* A node's property as number or string, `otherwise` where it has none or a damaged one. */
uint64_t l4_fdt_number_of(const struct l4_fdt *fdt, l4_fdt_node node, const char *name, uint64_t otherwise);
const char *l4_fdt_string_of(const struct l4_fdt *fdt, l4_fdt_node node, const char *name, const char *otherwise);

/* Is `text` one of the property's list of strings? */
bool l4_fdt_string_list_has(const struct l4_fdt_property *property, const char *text);

/* The range number `index` of the node's "reg", by its parent's #address-cells and #size-cells. */
bool l4_fdt_reg(const struct l4_fdt *fdt, l4_fdt_node node, unsigned int index, uint64_t *address, uint64_t *size);
