/* SPDX-License-Identifier: BSD-2-Clause */
#include "aml.h"

#include <string.h>

enum {
	NAME = 0x08,
	BYTE = 0x0a,
	WORD = 0x0b,
	DWORD = 0x0c,
	SCOPE = 0x10,
	BUFFER = 0x11,
	PACKAGE = 0x12,
	EXTENDED = 0x5b,
	DEVICE = 0x82, /* behind EXTENDED */
};

/* Resource descriptors: of 16-bit and 32-bit address spaces, of ports, and the last. */
enum { RESOURCE_PORTS = 0x47, RESOURCE_END = 0x79, RESOURCE_DWORD = 0x87, RESOURCE_WORD = 0x88 };
enum { SPACE_MEMORY = 0, SPACE_PORTS = 1, SPACE_BUS = 2 };
#define DECODE_16 1
#define FIXED 0x0c /* neither end can move */
#define MEMORY_WRITABLE 1
#define PORTS_ENTIRE_RANGE 3

#define LENGTH_BYTES_MAX 4

void aml_start(struct aml *aml, void *buffer, size_t capacity)
{
	*aml = (struct aml){.bytes = buffer, .capacity = capacity};
}

static void put(struct aml *aml, const void *data, size_t length)
{
	if (aml->overflow || length > aml->capacity - aml->length) {
		aml->overflow = true;
		return;
	}
	memcpy(aml->bytes + aml->length, data, length);
	aml->length += length;
}

static void put_u8(struct aml *aml, uint8_t value)
{
	put(aml, &value, sizeof(value));
}

static void put_u16(struct aml *aml, uint16_t value)
{
	put(aml, &value, sizeof(value));
}

static void put_u32(struct aml *aml, uint32_t value)
{
	put(aml, &value, sizeof(value));
}

void aml_name(struct aml *aml, const char *name)
{
	put_u8(aml, NAME);
	put(aml, name, strlen(name));
}

void aml_integer(struct aml *aml, uint32_t value)
{
	if (value <= 1) {
		put_u8(aml, value);
	} else if (value <= UINT8_MAX) {
		put_u8(aml, BYTE);
		put_u8(aml, value);
	} else if (value <= UINT16_MAX) {
		put_u8(aml, WORD);
		put_u16(aml, value);
	} else {
		put_u8(aml, DWORD);
		put_u32(aml, value);
	}
}

static uint32_t hex_digit(char c)
{
	return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* Three letters of five bits and four digits, most significant first, in a word whose bytes are stored in that order. */
void aml_eisa_id(struct aml *aml, const char *id)
{
	uint32_t value = 0;
	for (unsigned int i = 0; i < 3; i++)
		value = value << 5 | ((id[i] - '@') & 31);
	for (unsigned int i = 3; i < 7; i++)
		value = value << 4 | hex_digit(id[i]);
	put_u8(aml, DWORD);
	put_u32(aml, __builtin_bswap32(value));
}

/* --- Objects with a length in front: it is put in when the contents are known. --- */

static void begin(struct aml *aml)
{
	if (aml->depth == AML_DEPTH) {
		aml->overflow = true;
		return;
	}
	aml->open[aml->depth++] = aml->length;
}

/* A length of up to 6 bits is one byte; of a longer one the first byte has the lowest 4 bits, and above them how many bytes follow. It counts its own bytes too. */
static size_t encode_length(size_t contents, uint8_t bytes[LENGTH_BYTES_MAX])
{
	size_t count = 1;
	while (contents + count >= (count == 1 ? 1UL << 6 : 1UL << (8 * count - 4)))
		count++;
	size_t length = contents + count;
	bytes[0] = count == 1 ? length : (count - 1) << 6 | (length & 15);
	for (size_t i = 1; i < count; i++)
		bytes[i] = length >> (8 * i - 4);
	return count;
}

/* Moves what was written from `start` on away for `length` bytes of data. */
static void insert(struct aml *aml, size_t start, const void *data, size_t length)
{
	if (aml->overflow || length > aml->capacity - aml->length) {
		aml->overflow = true;
		return;
	}
	memmove(aml->bytes + start + length, aml->bytes + start, aml->length - start);
	memcpy(aml->bytes + start, data, length);
	aml->length += length;
}

void aml_end(struct aml *aml)
{
	uint8_t bytes[LENGTH_BYTES_MAX];
	if (aml->overflow)
		return;
	size_t start = aml->open[--aml->depth];
	size_t count = encode_length(aml->length - start, bytes);
	insert(aml, start, bytes, count);
}

void aml_begin_scope(struct aml *aml, const char *name)
{
	put_u8(aml, SCOPE);
	begin(aml);
	put(aml, name, strlen(name));
}

void aml_begin_device(struct aml *aml, const char *name)
{
	put_u8(aml, EXTENDED);
	put_u8(aml, DEVICE);
	begin(aml);
	put(aml, name, strlen(name));
}

void aml_begin_package(struct aml *aml, unsigned int elements)
{
	put_u8(aml, PACKAGE);
	begin(aml);
	put_u8(aml, elements);
}

/* --- Resources: a buffer, whose size is an integer behind its length --- */

void aml_begin_resources(struct aml *aml)
{
	put_u8(aml, BUFFER);
	begin(aml);
}

void aml_end_resources(struct aml *aml)
{
	put_u8(aml, RESOURCE_END);
	put_u8(aml, 0); /* no checksum */
	if (aml->overflow)
		return;
	size_t start = aml->open[aml->depth - 1];
	const uint8_t size[] = {BYTE, aml->length - start};
	insert(aml, start, size, sizeof(size));
	aml_end(aml);
}

void aml_ports(struct aml *aml, uint16_t first, uint8_t count)
{
	put_u8(aml, RESOURCE_PORTS);
	put_u8(aml, DECODE_16);
	put_u16(aml, first);
	put_u16(aml, first);
	put_u8(aml, 1); /* alignment */
	put_u8(aml, count);
}

static void put_word_window(struct aml *aml, unsigned int space, unsigned int flags, uint16_t first, uint16_t count)
{
	enum { BODY = 13 };
	put_u8(aml, RESOURCE_WORD);
	put_u16(aml, BODY);
	put_u8(aml, space);
	put_u8(aml, FIXED);
	put_u8(aml, flags);
	put_u16(aml, 0); /* granularity */
	put_u16(aml, first);
	put_u16(aml, first + count - 1);
	put_u16(aml, 0); /* translation */
	put_u16(aml, count);
}

void aml_bus_window(struct aml *aml, uint16_t first, uint16_t count)
{
	put_word_window(aml, SPACE_BUS, 0, first, count);
}

void aml_port_window(struct aml *aml, uint16_t first, uint16_t count)
{
	put_word_window(aml, SPACE_PORTS, PORTS_ENTIRE_RANGE, first, count);
}

void aml_memory_window(struct aml *aml, uint32_t start, uint32_t size)
{
	enum { BODY = 23 };
	put_u8(aml, RESOURCE_DWORD);
	put_u16(aml, BODY);
	put_u8(aml, SPACE_MEMORY);
	put_u8(aml, FIXED);
	put_u8(aml, MEMORY_WRITABLE);
	put_u32(aml, 0);
	put_u32(aml, start);
	put_u32(aml, start + size - 1);
	put_u32(aml, 0);
	put_u32(aml, size);
}
