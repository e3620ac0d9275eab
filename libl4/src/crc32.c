/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/crc32.h>

#include <string.h>

#define POLYNOMIAL 0xedb88320U /* reflected */
#define SLICES 8

/* table[n][b]: what byte b does to the remainder with n more bytes behind it, so that eight bytes are taken at a time. */
static uint32_t table[SLICES][256];

static void make_tables(void)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t remainder = byte;
		for (int bit = 0; bit < 8; bit++)
			remainder = remainder >> 1 ^ (remainder & 1 ? POLYNOMIAL : 0);
		table[0][byte] = remainder;
	}
	for (int slice = 1; slice < SLICES; slice++)
		for (uint32_t byte = 0; byte < 256; byte++)
			table[slice][byte] = table[slice - 1][byte] >> 8 ^ table[0][table[slice - 1][byte] & 0xff];
}

static uint32_t take_byte(uint32_t crc, uint8_t byte)
{
	return crc >> 8 ^ table[0][(crc ^ byte) & 0xff];
}

static uint32_t take_word(uint32_t crc, uint64_t word)
{
	word ^= crc;
	uint32_t result = 0;
	for (int slice = 0; slice < SLICES; slice++)
		result ^= table[SLICES - 1 - slice][word >> (8 * slice) & 0xff];
	return result;
}

uint32_t l4_crc32(uint32_t crc, const void *data, size_t size)
{
	const uint8_t *bytes = data;
	if (table[0][1] == 0)
		make_tables();
	crc = ~crc;
	for (; size > 0 && (uintptr_t)bytes % sizeof(uint64_t) != 0; size--)
		crc = take_byte(crc, *bytes++);
	for (; size >= sizeof(uint64_t); size -= sizeof(uint64_t), bytes += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, bytes, sizeof(word));
		crc = take_word(crc, word);
	}
	for (; size > 0; size--)
		crc = take_byte(crc, *bytes++);
	return ~crc;
}
