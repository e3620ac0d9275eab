/* SPDX-License-Identifier: BSD-2-Clause */
/* Nodes of a flattened device tree. All positions are offsets in the structure block, kept in 64 bits until they are checked. */
#include <l4/fdt.h>

#include <string.h>

#include "fdt_format.h"

static uint32_t header_field(const uint8_t *blob, enum fdt_header_field field)
{
	return fdt_read_u32(blob + 4 * (size_t)field);
}

uint32_t l4_fdt_total_size(const void *header)
{
	return header_field(header, FDT_MAGIC_FIELD) == FDT_MAGIC ? header_field(header, FDT_TOTAL_SIZE) : 0;
}

static bool block_inside(uint32_t total, uint32_t offset, uint32_t size)
{
	return offset <= total && size <= total - offset;
}

bool l4_fdt_open(struct l4_fdt *fdt, const void *blob, size_t size)
{
	const uint8_t *bytes = blob;
	uint32_t total, structure, strings;

	if (size < FDT_HEADER_SIZE)
		return false;
	total = l4_fdt_total_size(blob);
	if (total < FDT_HEADER_SIZE || total > size || header_field(bytes, FDT_LAST_COMPATIBLE_VERSION) > FDT_VERSION_WRITTEN ||
	    header_field(bytes, FDT_VERSION) < FDT_VERSION_WRITTEN)
		return false;
	structure = header_field(bytes, FDT_STRUCTURE_OFFSET);
	strings = header_field(bytes, FDT_STRINGS_OFFSET);
	*fdt = (struct l4_fdt){
		.structure = bytes + structure, .structure_size = header_field(bytes, FDT_STRUCTURE_SIZE),
		.strings = (const char *)bytes + strings, .strings_size = header_field(bytes, FDT_STRINGS_SIZE),
	};
	return block_inside(total, structure, fdt->structure_size) && block_inside(total, strings, fdt->strings_size) &&
	       l4_fdt_root(fdt) != L4_FDT_NONE;
}

/* Bytes that a begin token's name takes with its 0, 0 where it does not end inside the block. */
static uint32_t name_size(const struct l4_fdt *fdt, uint32_t offset)
{
	const uint8_t *name = fdt->structure + offset;
	const uint8_t *end = memchr(name, 0, fdt->structure_size - offset);

	return end ? (uint32_t)(end - name) + 1 : 0;
}

uint32_t fdt_token(const struct l4_fdt *fdt, uint32_t offset, uint32_t *next)
{
	uint64_t after = (uint64_t)offset + 4;
	uint32_t token, length;

	if (after > fdt->structure_size)
		return FDT_END;
	token = fdt_read_u32(fdt->structure + offset);
	switch (token) {
	case FDT_BEGIN_NODE:
		length = name_size(fdt, (uint32_t)after);
		if (length == 0)
			return FDT_END;
		after += length;
		break;
	case FDT_PROPERTY:
		if (after + FDT_PROPERTY_HEADER > fdt->structure_size)
			return FDT_END;
		after += FDT_PROPERTY_HEADER + (uint64_t)fdt_read_u32(fdt->structure + after);
		break;
	case FDT_END_NODE:
	case FDT_NOP:
		break;
	default:
		return FDT_END;
	}
	after = (after + 3) & ~3UL;
	if (after > fdt->structure_size)
		return FDT_END;
	*next = (uint32_t)after;
	return token;
}

l4_fdt_node l4_fdt_root(const struct l4_fdt *fdt)
{
	uint32_t offset = 0, next, token;

	while ((token = fdt_token(fdt, offset, &next)) == FDT_NOP)
		offset = next;
	return token == FDT_BEGIN_NODE ? offset : L4_FDT_NONE;
}

l4_fdt_node l4_fdt_child(const struct l4_fdt *fdt, l4_fdt_node node)
{
	uint32_t offset = node, next, token;

	if (fdt_token(fdt, node, &next) != FDT_BEGIN_NODE)
		return L4_FDT_NONE;
	do {
		offset = next;
		token = fdt_token(fdt, offset, &next);
	} while (token == FDT_PROPERTY || token == FDT_NOP);
	return token == FDT_BEGIN_NODE ? offset : L4_FDT_NONE;
}

/* The offset behind the node's end token, L4_FDT_NONE where it never ends. */
static uint32_t node_end(const struct l4_fdt *fdt, l4_fdt_node node)
{
	uint32_t offset = node, next, token, depth = 0;

	do {
		token = fdt_token(fdt, offset, &next);
		if (token == FDT_END)
			return L4_FDT_NONE;
		if (token == FDT_BEGIN_NODE)
			depth++;
		if (token == FDT_END_NODE)
			depth--;
		offset = next;
	} while (depth > 0);
	return offset;
}

l4_fdt_node l4_fdt_sibling(const struct l4_fdt *fdt, l4_fdt_node node)
{
	uint32_t offset, next, token;

	if (fdt_token(fdt, node, &next) != FDT_BEGIN_NODE)
		return L4_FDT_NONE;
	offset = node_end(fdt, node);
	if (offset == L4_FDT_NONE)
		return L4_FDT_NONE;
	while ((token = fdt_token(fdt, offset, &next)) == FDT_NOP)
		offset = next;
	return token == FDT_BEGIN_NODE ? offset : L4_FDT_NONE;
}

l4_fdt_node l4_fdt_next(const struct l4_fdt *fdt, l4_fdt_node node)
{
	uint32_t offset = node, next, token = fdt_token(fdt, node, &next);

	while (token != FDT_END) {
		offset = next;
		token = fdt_token(fdt, offset, &next);
		if (token == FDT_BEGIN_NODE)
			return offset;
	}
	return L4_FDT_NONE;
}

/* The last node before `end` whose depth (the root's is 1) is `depth`; *end_depth is the depth that a node at `end` has. */
static l4_fdt_node last_at_depth(const struct l4_fdt *fdt, uint32_t end, uint32_t depth, uint32_t *end_depth)
{
	uint32_t offset = 0, next, current = 0;
	l4_fdt_node last = L4_FDT_NONE;

	while (offset < end) {
		uint32_t token = fdt_token(fdt, offset, &next);

		if (token == FDT_END)
			return L4_FDT_NONE;
		if (token == FDT_BEGIN_NODE && ++current == depth)
			last = offset;
		if (token == FDT_END_NODE)
			current--;
		offset = next;
	}
	*end_depth = current + 1;
	return last;
}

l4_fdt_node l4_fdt_parent(const struct l4_fdt *fdt, l4_fdt_node node)
{
	uint32_t depth = 0, unused;

	last_at_depth(fdt, node, 0, &depth);
	return depth > 1 ? last_at_depth(fdt, node, depth - 1, &unused) : L4_FDT_NONE;
}

const char *l4_fdt_name(const struct l4_fdt *fdt, l4_fdt_node node)
{
	uint32_t next;

	return fdt_token(fdt, node, &next) == FDT_BEGIN_NODE ? (const char *)fdt->structure + node + 4 : "";
}
