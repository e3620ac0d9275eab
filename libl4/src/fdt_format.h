/* SPDX-License-Identifier: BSD-2-Clause */
/* The flattened device tree's format (Devicetree Specification 0.4, chapter 5), shared by reader and writer. */
#pragma once

#include <l4/fdt.h>

#define FDT_MAGIC 0xd00dfeedU
#define FDT_VERSION_WRITTEN 17
#define FDT_COMPATIBLE_WRITTEN 16
#define FDT_HEADER_SIZE 40
#define FDT_PROPERTY_HEADER 8 /* behind the token: length, offset of the name */

enum fdt_header_field {
	FDT_MAGIC_FIELD,
	FDT_TOTAL_SIZE,
	FDT_STRUCTURE_OFFSET,
	FDT_STRINGS_OFFSET,
	FDT_RESERVATIONS_OFFSET,
	FDT_VERSION,
	FDT_LAST_COMPATIBLE_VERSION,
	FDT_BOOT_CPU,
	FDT_STRINGS_SIZE,
	FDT_STRUCTURE_SIZE,
};

enum fdt_token {
	FDT_BEGIN_NODE = 1,
	FDT_END_NODE = 2,
	FDT_PROPERTY = 3,
	FDT_NOP = 4,
	FDT_END = 9,
};

/* Numbers are big-endian, at any address. */
static inline uint32_t fdt_read_u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline void fdt_write_u32(uint8_t *bytes, uint32_t value)
{
	bytes[0] = (uint8_t)(value >> 24);
	bytes[1] = (uint8_t)(value >> 16);
	bytes[2] = (uint8_t)(value >> 8);
	bytes[3] = (uint8_t)value;
}

/*
 * The token at an offset, and the offset behind it and all that belongs to it, which is larger and inside the block.
 * FDT_END, and *next is not set, at the end and wherever the blob is damaged.
 */
uint32_t fdt_token(const struct l4_fdt *fdt, uint32_t offset, uint32_t *next);
