/* SPDX-License-Identifier: BSD-2-Clause */
/* Properties of a flattened device tree. */
#include <l4/fdt.h>

#include <string.h>

#include "fdt_format.h"

/* What a child's "reg" is made of where its parent does not say. */
#define DEFAULT_ADDRESS_CELLS 2
#define DEFAULT_SIZE_CELLS 1

/* The name at an offset of the strings block, null where it does not end inside. */
static const char *string_at(const struct l4_fdt *fdt, uint32_t offset)
{
	if (offset >= fdt->strings_size || !memchr(fdt->strings + offset, 0, fdt->strings_size - offset))
		return NULL;
	return fdt->strings + offset;
}

/* The cursor is the offset of the next token, 0 to begin with; no property lies at offset 0. */
bool l4_fdt_next_property(const struct l4_fdt *fdt, l4_fdt_node node, uint32_t *cursor, struct l4_fdt_property *property)
{
	uint32_t offset = *cursor, next, token;

	if (offset == 0 && fdt_token(fdt, node, &offset) != FDT_BEGIN_NODE)
		return false;
	while ((token = fdt_token(fdt, offset, &next)) == FDT_NOP)
		offset = next;
	if (token != FDT_PROPERTY)
		return false;
	property->size = fdt_read_u32(fdt->structure + offset + 4);
	property->name = string_at(fdt, fdt_read_u32(fdt->structure + offset + 8));
	property->data = fdt->structure + offset + 4 + FDT_PROPERTY_HEADER;
	*cursor = next;
	return property->name != NULL;
}

bool l4_fdt_property(const struct l4_fdt *fdt, l4_fdt_node node, const char *name, struct l4_fdt_property *property)
{
	uint32_t cursor = 0;

	while (l4_fdt_next_property(fdt, node, &cursor, property))
		if (strcmp(property->name, name) == 0)
			return true;
	return false;
}

bool l4_fdt_cell(const struct l4_fdt_property *property, uint32_t index, uint32_t *value)
{
	if (index >= property->size / 4)
		return false;
	*value = fdt_read_u32(property->data + 4 * (size_t)index);
	return true;
}

bool l4_fdt_number(const struct l4_fdt_property *property, uint64_t *value)
{
	if (property->size != 4 && property->size != 8)
		return false;
	*value = fdt_read_u32(property->data);
	if (property->size == 8)
		*value = *value << 32 | fdt_read_u32(property->data + 4);
	return true;
}

const char *l4_fdt_string(const struct l4_fdt_property *property)
{
	return memchr(property->data, 0, property->size) ? (const char *)property->data : NULL;
}

uint64_t l4_fdt_number_of(const struct l4_fdt *fdt, l4_fdt_node node, const char *name, uint64_t otherwise)
{
	struct l4_fdt_property property;
	uint64_t value;

	return l4_fdt_property(fdt, node, name, &property) && l4_fdt_number(&property, &value) ? value : otherwise;
}

const char *l4_fdt_string_of(const struct l4_fdt *fdt, l4_fdt_node node, const char *name, const char *otherwise)
{
	struct l4_fdt_property property;
	const char *text = l4_fdt_property(fdt, node, name, &property) ? l4_fdt_string(&property) : NULL;

	return text ? text : otherwise;
}

bool l4_fdt_string_list_has(const struct l4_fdt_property *property, const char *text)
{
	size_t wanted = strlen(text) + 1;
	uint32_t at = 0;

	while (at < property->size) {
		const uint8_t *entry = property->data + at;
		const uint8_t *end = memchr(entry, 0, property->size - at);

		if (!end)
			return false;
		if ((size_t)(end - entry) + 1 == wanted && memcmp(entry, text, wanted) == 0)
			return true;
		at += (uint32_t)(end - entry) + 1;
	}
	return false;
}

/* One or two cells from `index` on. */
static bool read_cells(const struct l4_fdt_property *property, uint64_t index, uint64_t count, uint64_t *value)
{
	*value = 0;
	for (uint64_t i = 0; i < count; i++) {
		uint32_t cell;

		if (index + i > UINT32_MAX || !l4_fdt_cell(property, (uint32_t)(index + i), &cell))
			return false;
		*value = *value << 32 | cell;
	}
	return true;
}

bool l4_fdt_reg(const struct l4_fdt *fdt, l4_fdt_node node, unsigned int index, uint64_t *address, uint64_t *size)
{
	l4_fdt_node parent = l4_fdt_parent(fdt, node);
	uint64_t address_cells, size_cells, first;
	struct l4_fdt_property reg;

	if (parent == L4_FDT_NONE || !l4_fdt_property(fdt, node, "reg", &reg))
		return false;
	address_cells = l4_fdt_number_of(fdt, parent, "#address-cells", DEFAULT_ADDRESS_CELLS);
	size_cells = l4_fdt_number_of(fdt, parent, "#size-cells", DEFAULT_SIZE_CELLS);
	if (address_cells < 1 || address_cells > 2 || size_cells > 2)
		return false;
	first = index * (address_cells + size_cells);
	return read_cells(&reg, first, address_cells, address) && read_cells(&reg, first + address_cells, size_cells, size);
}
