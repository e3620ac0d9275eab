/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The structure block grows up from the buffer's start, the property names down from its end (so a name's distance from the end is
 * its stable handle); l4_fdt_finish turns the names around into the strings block and corrects the properties' references.
 */
#include <l4/fdt_writer.h>

#include <string.h>

#include "fdt_format.h"

#define RESERVATIONS_SIZE 16 /* the empty entry that ends the map */
#define STRUCTURE_OFFSET (FDT_HEADER_SIZE + RESERVATIONS_SIZE)

void l4_fdt_start(struct l4_fdt_writer *writer, void *buffer, size_t capacity)
{
	*writer = (struct l4_fdt_writer){.buffer = buffer, .capacity = capacity, .used = STRUCTURE_OFFSET};
	writer->failed = capacity < STRUCTURE_OFFSET || capacity > UINT32_MAX;
	if (!writer->failed)
		memset(buffer, 0, STRUCTURE_OFFSET);
}

/* Room for `size` bytes and the padding behind them, filled with zeros; null, and the tree has failed, where there is none. */
static uint8_t *reserve(struct l4_fdt_writer *writer, size_t size)
{
	size_t padded = (size + 3) & ~(size_t)3;
	uint8_t *place = writer->buffer + writer->used;

	if (writer->failed || padded < size || padded > writer->capacity - writer->strings_used - writer->used) {
		writer->failed = true;
		return NULL;
	}
	memset(place, 0, padded);
	writer->used += padded;
	return place;
}

static void put_u32(struct l4_fdt_writer *writer, uint32_t value)
{
	uint8_t *place = reserve(writer, 4);

	if (place)
		fdt_write_u32(place, value);
}

static void put_bytes(struct l4_fdt_writer *writer, const void *data, size_t size)
{
	uint8_t *place = reserve(writer, size);

	if (place && size > 0)
		memcpy(place, data, size);
}

void l4_fdt_begin_node(struct l4_fdt_writer *writer, const char *name)
{
	if (writer->closed)
		writer->failed = true;
	put_u32(writer, FDT_BEGIN_NODE);
	put_bytes(writer, name, strlen(name) + 1);
	writer->depth++;
}

void l4_fdt_begin_node_at(struct l4_fdt_writer *writer, const char *name, uint64_t address)
{
	char text[64];
	size_t length = strlen(name);
	int digits = 1;

	while (digits < 16 && address >> (4 * digits))
		digits++;
	if (length + 1 + (size_t)digits + 1 > sizeof(text)) {
		writer->failed = true;
		return;
	}
	memcpy(text, name, length);
	text[length++] = '@';
	while (digits-- > 0)
		text[length++] = "0123456789abcdef"[address >> (4 * digits) & 15];
	text[length] = 0;
	l4_fdt_begin_node(writer, text);
}

void l4_fdt_end_node(struct l4_fdt_writer *writer)
{
	if (writer->depth == 0) {
		writer->failed = true;
		return;
	}
	put_u32(writer, FDT_END_NODE);
	writer->depth--;
	writer->closed = writer->depth == 0;
}

static const char *strings_start(const struct l4_fdt_writer *writer)
{
	return (const char *)writer->buffer + writer->capacity - writer->strings_used;
}

/* The name's distance from the buffer's end; names are kept once. 0: there is no room. */
static uint32_t intern(struct l4_fdt_writer *writer, const char *name)
{
	size_t size = strlen(name) + 1;

	for (size_t distance = writer->strings_used; distance > 0;) {
		const char *known = (const char *)writer->buffer + writer->capacity - distance;

		if (strcmp(known, name) == 0)
			return (uint32_t)distance;
		distance -= strlen(known) + 1;
	}
	if (writer->failed || size > writer->capacity - writer->strings_used - writer->used) {
		writer->failed = true;
		return 0;
	}
	writer->strings_used += size;
	memcpy(writer->buffer + writer->capacity - writer->strings_used, name, size);
	return (uint32_t)writer->strings_used;
}

void l4_fdt_put(struct l4_fdt_writer *writer, const char *name, const void *data, size_t size)
{
	uint32_t distance = intern(writer, name);

	if (writer->depth == 0 || size > UINT32_MAX)
		writer->failed = true;
	put_u32(writer, FDT_PROPERTY);
	put_u32(writer, (uint32_t)size);
	put_u32(writer, distance);
	put_bytes(writer, data, size);
}

void l4_fdt_put_flag(struct l4_fdt_writer *writer, const char *name)
{
	l4_fdt_put(writer, name, NULL, 0);
}

void l4_fdt_put_u32(struct l4_fdt_writer *writer, const char *name, uint32_t value)
{
	l4_fdt_put_cells(writer, name, &value, 1);
}

void l4_fdt_put_u64(struct l4_fdt_writer *writer, const char *name, uint64_t value)
{
	const uint32_t cells[] = {(uint32_t)(value >> 32), (uint32_t)value};

	l4_fdt_put_cells(writer, name, cells, 2);
}

void l4_fdt_put_string(struct l4_fdt_writer *writer, const char *name, const char *text)
{
	l4_fdt_put(writer, name, text, strlen(text) + 1);
}

void l4_fdt_put_cells(struct l4_fdt_writer *writer, const char *name, const uint32_t *cells, size_t count)
{
	l4_fdt_put(writer, name, cells, 4 * count);
	if (writer->failed)
		return;
	for (size_t i = 0; i < count; i++)
		fdt_write_u32(writer->buffer + writer->used - 4 * (count - i), cells[i]);
}

void l4_fdt_put_range(struct l4_fdt_writer *writer, const char *name, uint64_t address, uint64_t size)
{
	const uint32_t cells[] = {(uint32_t)(address >> 32), (uint32_t)address, (uint32_t)(size >> 32), (uint32_t)size};

	l4_fdt_put_cells(writer, name, cells, 4);
}

/* From the distance from the end to the offset in the strings block, in each property. */
static void correct_names(struct l4_fdt_writer *writer)
{
	const struct l4_fdt fdt = {.structure = writer->buffer + STRUCTURE_OFFSET, .structure_size = (uint32_t)(writer->used - STRUCTURE_OFFSET)};
	uint32_t offset = 0, next, token;

	while ((token = fdt_token(&fdt, offset, &next)) != FDT_END) {
		if (token == FDT_PROPERTY) {
			uint8_t *reference = writer->buffer + STRUCTURE_OFFSET + offset + 8;

			fdt_write_u32(reference, (uint32_t)writer->strings_used - fdt_read_u32(reference));
		}
		offset = next;
	}
}

static void write_header(struct l4_fdt_writer *writer)
{
	const uint32_t fields[] = {
		[FDT_MAGIC_FIELD] = FDT_MAGIC, [FDT_TOTAL_SIZE] = (uint32_t)(writer->used + writer->strings_used),
		[FDT_STRUCTURE_OFFSET] = STRUCTURE_OFFSET, [FDT_STRINGS_OFFSET] = (uint32_t)writer->used,
		[FDT_RESERVATIONS_OFFSET] = FDT_HEADER_SIZE, [FDT_VERSION] = FDT_VERSION_WRITTEN,
		[FDT_LAST_COMPATIBLE_VERSION] = FDT_COMPATIBLE_WRITTEN, [FDT_BOOT_CPU] = 0,
		[FDT_STRINGS_SIZE] = (uint32_t)writer->strings_used, [FDT_STRUCTURE_SIZE] = (uint32_t)(writer->used - STRUCTURE_OFFSET),
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		fdt_write_u32(writer->buffer + 4 * i, fields[i]);
}

size_t l4_fdt_finish(struct l4_fdt_writer *writer)
{
	put_u32(writer, FDT_END);
	if (writer->failed || !writer->closed)
		return 0;
	correct_names(writer);
	memmove(writer->buffer + writer->used, strings_start(writer), writer->strings_used);
	write_header(writer);
	return writer->used + writer->strings_used;
}
