/* SPDX-License-Identifier: BSD-2-Clause */
/* Reader of cpio archives in the "newc" format, for hostile input: it reads nothing outside [archive, archive + size). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct l4_cpio_file {
	const char *name;     /* ends with a 0 byte; a leading "./" is left out */
	const uint8_t *data;  /* `size` bytes */
	size_t size;
	uint32_t mode;        /* as in stat */
};

enum l4_cpio_result {
	L4_CPIO_FILE, /* *file is the next file */
	L4_CPIO_END,  /* the trailer was reached */
	L4_CPIO_BAD,  /* this is no archive, or it is cut off */
};

/* Reads the file at *offset (0 to begin with) and moves *offset to the next one. */
enum l4_cpio_result l4_cpio_next(const void *archive, size_t size, size_t *offset, struct l4_cpio_file *file);

/* Finds the first file of that name. */
bool l4_cpio_find(const void *archive, size_t size, const char *name, struct l4_cpio_file *file);
