/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/cpio.h>

#include <string.h>

/* A header is a magic and 13 numbers of 8 hexadecimal digits. */
#define MAGIC "070701"
#define MAGIC_SIZE 6
#define DIGITS 8
#define HEADER_SIZE 110
#define TRAILER "TRAILER!!!"

enum field { FIELD_MODE = 1, FIELD_FILE_SIZE = 6, FIELD_NAME_SIZE = 11 };

static bool hex_digit(uint8_t c, uint32_t *value)
{
	if (c >= '0' && c <= '9')
		*value = c - '0';
	else if (c >= 'a' && c <= 'f')
		*value = c - 'a' + 10u;
	else if (c >= 'A' && c <= 'F')
		*value = c - 'A' + 10u;
	else
		return false;
	return true;
}

static bool read_field(const uint8_t *header, enum field field, uint32_t *value)
{
	const uint8_t *digits = header + MAGIC_SIZE + (size_t)field * DIGITS;

	*value = 0;
	for (int i = 0; i < DIGITS; i++) {
		uint32_t digit;

		if (!hex_digit(digits[i], &digit))
			return false;
		*value = *value << 4 | digit;
	}
	return true;
}

/* Takes `wanted` bytes at *offset, and the padding to the next multiple of 4 where the archive still has it. Null: cut off. */
static const uint8_t *take(const uint8_t *archive, size_t size, size_t *offset, size_t wanted)
{
	const uint8_t *start = archive + *offset;

	if (wanted > size - *offset)
		return NULL;
	*offset += wanted;
	while (*offset % 4 && *offset < size)
		++*offset;
	return start;
}

/* The name follows the header; both together are padded. */
static const char *take_header(const uint8_t *archive, size_t size, size_t *offset, struct l4_cpio_file *file, uint32_t *file_size)
{
	const uint8_t *header = archive + *offset;
	uint32_t name_size;
	const char *name;

	if (size - *offset < HEADER_SIZE || memcmp(header, MAGIC, MAGIC_SIZE) != 0)
		return NULL;
	if (!read_field(header, FIELD_MODE, &file->mode) || !read_field(header, FIELD_FILE_SIZE, file_size) ||
	    !read_field(header, FIELD_NAME_SIZE, &name_size))
		return NULL;
	*offset += HEADER_SIZE;
	name = (const char *)take(archive, size, offset, name_size);
	return name && name_size > 0 && name[name_size - 1] == 0 ? name : NULL;
}

enum l4_cpio_result l4_cpio_next(const void *archive, size_t size, size_t *offset, struct l4_cpio_file *file)
{
	uint32_t file_size;
	const char *name;

	if (*offset > size)
		return L4_CPIO_BAD;
	name = take_header(archive, size, offset, file, &file_size);
	if (!name)
		return L4_CPIO_BAD;
	if (strcmp(name, TRAILER) == 0)
		return L4_CPIO_END;
	file->name = strncmp(name, "./", 2) == 0 && name[2] ? name + 2 : name;
	file->size = file_size;
	file->data = take(archive, size, offset, file_size);
	return file->data ? L4_CPIO_FILE : L4_CPIO_BAD;
}

bool l4_cpio_find(const void *archive, size_t size, const char *name, struct l4_cpio_file *file)
{
	size_t offset = 0;

	while (l4_cpio_next(archive, size, &offset, file) == L4_CPIO_FILE)
		if (strcmp(file->name, name) == 0)
			return true;
	return false;
}
