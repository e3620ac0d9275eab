/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writer of flattened device trees (version 17). Errors stick: only l4_fdt_finish tells whether all went well, so that callers need not
 * look after each line.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct l4_fdt_writer {
	uint8_t *buffer;
	size_t capacity;
	size_t used;         /* header, reservations and structure so far */
	size_t strings_used; /* property names, gathered at the buffer's end, growing down */
	unsigned int depth;
	bool failed;
	bool closed;         /* the root node has ended */
};

/* Begins a tree in `buffer` (8-byte aligned), whose reservation map is empty. */
void l4_fdt_start(struct l4_fdt_writer *writer, void *buffer, size_t capacity);

/* Nodes nest; the root's name is "". Properties of a node come before its children. */
void l4_fdt_begin_node(struct l4_fdt_writer *writer, const char *name);
void l4_fdt_end_node(struct l4_fdt_writer *writer);

/* Begins the node name@address (hexadecimal). */
void l4_fdt_begin_node_at(struct l4_fdt_writer *writer, const char *name, uint64_t address);

void l4_fdt_put(struct l4_fdt_writer *writer, const char *name, const void *data, size_t size);
void l4_fdt_put_flag(struct l4_fdt_writer *writer, const char *name);
void l4_fdt_put_u32(struct l4_fdt_writer *writer, const char *name, uint32_t value);
void l4_fdt_put_u64(struct l4_fdt_writer *writer, const char *name, uint64_t value);
void l4_fdt_put_string(struct l4_fdt_writer *writer, const char *name, const char *text);

/* A list of 32-bit cells. (A list of strings is l4_fdt_put of "one\0two" with its sizeof.) */
void l4_fdt_put_cells(struct l4_fdt_writer *writer, const char *name, const uint32_t *cells, size_t count);

/* "reg" and the like, with two cells for the address and two for the size. */
void l4_fdt_put_range(struct l4_fdt_writer *writer, const char *name, uint64_t address, uint64_t size);

/* Completes the tree; gives its size, 0 where it did not fit or nodes are unbalanced. */
size_t l4_fdt_finish(struct l4_fdt_writer *writer);
