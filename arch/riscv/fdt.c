/* SPDX-License-Identifier: BSD-2-Clause */
#include "fdt.h"

#define FDT_MAGIC 0xd00dfeed
#define FDT_VERSION 17
#define FDT_BEGIN_NODE 1
#define FDT_END_NODE 2
#define FDT_PROP 3
#define FDT_NOP 4

/* The header: 32-bit words. */
#define HEADER_MAGIC 0
#define HEADER_TOTAL_SIZE 4
#define HEADER_STRUCTURE 8
#define HEADER_STRINGS 12
#define HEADER_RESERVATIONS 16
#define HEADER_LAST_COMPATIBLE 24
#define HEADER_STRINGS_SIZE 32
#define HEADER_STRUCTURE_SIZE 36
#define HEADER_SIZE 40

static uint32_t big_endian(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint64_t big_endian_64(const uint8_t *bytes)
{
	return (uint64_t)big_endian(bytes) << 32 | big_endian(bytes + 4);
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

uint32_t fdt_size(const void *header)
{
	const uint8_t *bytes = header;
	return big_endian(bytes + HEADER_MAGIC) == FDT_MAGIC ? big_endian(bytes + HEADER_TOTAL_SIZE) : 0;
}

bool fdt_open(struct fdt *fdt, const void *blob, uint32_t size)
{
	const uint8_t *bytes = blob;
	if (size < HEADER_SIZE || fdt_size(blob) != size || big_endian(bytes + HEADER_LAST_COMPATIBLE) > FDT_VERSION)
		return false;
	uint32_t structure = big_endian(bytes + HEADER_STRUCTURE), structure_size = big_endian(bytes + HEADER_STRUCTURE_SIZE);
	uint32_t strings = big_endian(bytes + HEADER_STRINGS), strings_size = big_endian(bytes + HEADER_STRINGS_SIZE);
	uint32_t reservations = big_endian(bytes + HEADER_RESERVATIONS);
	if (structure > size || structure_size > size - structure || strings > size || strings_size > size - strings || reservations > size)
		return false;
	/* So that every name and text in the two blocks ends inside them. */
	if ((structure | structure_size) % 4 || strings_size == 0 || bytes[strings + strings_size - 1] != 0)
		return false;
	*fdt = (struct fdt){
		.blob = bytes, .size = size, .structure = structure, .structure_end = structure + structure_size, .strings = strings,
		.strings_end = strings + strings_size, .reservations = reservations, .next = structure, .cells = {{2, 1}},
	};
	return true;
}

/* A token with what belongs to it: a node's or property's name, a property's value. */
struct token {
	uint32_t kind;
	const char *name;
	struct fdt_property property;
};

static bool read_node_name(const struct fdt *fdt, uint32_t *at, struct token *token)
{
	uint32_t end = *at;
	while (end < fdt->structure_end && fdt->blob[end])
		end++;
	if (end >= fdt->structure_end)
		return false;
	token->name = (const char *)fdt->blob + *at;
	*at = (uint32_t)align_up(end + 1, 2);
	return true;
}

static bool read_property(const struct fdt *fdt, uint32_t *at, struct token *token)
{
	if (fdt->structure_end - *at < 8)
		return false;
	uint32_t size = big_endian(fdt->blob + *at), name = big_endian(fdt->blob + *at + 4);
	*at += 8;
	if (size > fdt->structure_end - *at || name >= fdt->strings_end - fdt->strings)
		return false;
	token->name = (const char *)fdt->blob + fdt->strings + name;
	token->property = (struct fdt_property){fdt->blob + *at, size};
	*at = (uint32_t)align_up(*at + (uint64_t)size, 2);
	return true;
}

/* False at the end of the structure block and where it is broken. */
static bool read_token(const struct fdt *fdt, uint32_t *at, struct token *token)
{
	do {
		if (*at > fdt->structure_end || fdt->structure_end - *at < 4)
			return false;
		token->kind = big_endian(fdt->blob + *at);
		*at += 4;
	} while (token->kind == FDT_NOP);
	if (token->kind == FDT_BEGIN_NODE)
		return read_node_name(fdt, at, token);
	if (token->kind == FDT_PROP)
		return read_property(fdt, at, token);
	return token->kind == FDT_END_NODE;
}

struct fdt_property fdt_property(const struct fdt *fdt, const struct fdt_node *node, const char *name)
{
	struct token token;
	uint32_t at = node->properties;
	while (read_token(fdt, &at, &token) && token.kind == FDT_PROP)
		if (same(token.name, name))
			return token.property;
	return (struct fdt_property){0};
}

static uint32_t cells_property(const struct fdt *fdt, const struct fdt_node *node, const char *name, uint32_t otherwise)
{
	struct fdt_property property = fdt_property(fdt, node, name);
	return property.data ? (uint32_t)fdt_number(property, 0, 1) : otherwise;
}

static bool enter_node(struct fdt *fdt, struct fdt_node *node, const char *name)
{
	if (fdt->depth == FDT_DEPTH_MAX)
		return false;
	*node = (struct fdt_node){name, fdt->depth + 1, fdt->cells[fdt->depth], fdt->next};
	fdt->depth++;
	fdt->cells[fdt->depth] = (struct fdt_cells){cells_property(fdt, node, "#address-cells", 2), cells_property(fdt, node, "#size-cells", 1)};
	return true;
}

bool fdt_next(struct fdt *fdt, struct fdt_node *node)
{
	struct token token;
	while (read_token(fdt, &fdt->next, &token)) {
		if (token.kind == FDT_BEGIN_NODE) {
			fdt->broken = !enter_node(fdt, node, token.name);
			return !fdt->broken;
		}
		if (token.kind != FDT_END_NODE)
			continue;
		if (fdt->depth <= 1) {
			fdt->broken = fdt->depth == 0;
			return false;
		}
		fdt->depth--;
	}
	fdt->broken = true;
	return false;
}

uint64_t fdt_number(struct fdt_property property, uint32_t first_cell, uint32_t cells)
{
	uint64_t start = (uint64_t)first_cell * 4;
	if (cells < 1 || cells > 2 || start + cells * 4 > property.size)
		return 0;
	return cells == 1 ? big_endian(property.data + start) : big_endian_64(property.data + start);
}

bool fdt_reg(const struct fdt *fdt, const struct fdt_node *node, unsigned index, uint64_t *base, uint64_t *size)
{
	struct fdt_property reg = fdt_property(fdt, node, "reg");
	struct fdt_cells cells = node->cells;
	if (cells.address < 1 || cells.address > 2 || cells.size > 2)
		return false;
	uint32_t first = index * (cells.address + cells.size);
	if ((uint64_t)(first + cells.address + cells.size) * 4 > reg.size)
		return false;
	*base = fdt_number(reg, first, cells.address);
	*size = fdt_number(reg, first + cells.address, cells.size);
	return true;
}

bool fdt_is_compatible(const struct fdt *fdt, const struct fdt_node *node, const char *what)
{
	struct fdt_property list = fdt_property(fdt, node, "compatible");
	if (list.size == 0 || list.data[list.size - 1] != 0)
		return false;
	for (uint32_t at = 0; at < list.size; at++) {
		if (same((const char *)list.data + at, what))
			return true;
		while (list.data[at])
			at++;
	}
	return false;
}

bool fdt_is_text(struct fdt_property property, const char *text)
{
	return property.size > 0 && property.data[property.size - 1] == 0 && same((const char *)property.data, text);
}

bool fdt_is_named(const struct fdt_node *node, const char *name)
{
	const char *at = node->name;
	while (*name && *at == *name) {
		at++;
		name++;
	}
	return *name == 0 && (*at == 0 || *at == '@');
}

bool fdt_reservation(const struct fdt *fdt, unsigned index, uint64_t *base, uint64_t *size)
{
	uint64_t at = fdt->reservations + (uint64_t)index * 16;
	if (at + 16 > fdt->size)
		return false;
	*base = big_endian_64(fdt->blob + at);
	*size = big_endian_64(fdt->blob + at + 8);
	return *base || *size;
}
