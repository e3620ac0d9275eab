/* SPDX-License-Identifier: BSD-2-Clause */
/* One ChaCha20 block (RFC 8439), keyed with the seed: its final addition makes it a one-way function. */
#include "entropy.h"

#include <string.h>

#define WORDS 16

static uint32_t rotate(uint32_t value, unsigned int bits)
{
	return value << bits | value >> (32 - bits);
}

static void quarter_round(uint32_t *s, unsigned int a, unsigned int b, unsigned int c, unsigned int d)
{
	s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 16);
	s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 12);
	s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 8);
	s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 7);
}

static void block(uint32_t state[WORDS])
{
	uint32_t s[WORDS];
	memcpy(s, state, sizeof(s));
	for (unsigned int i = 0; i < 10; i++) {
		for (unsigned int column = 0; column < 4; column++)
			quarter_round(s, column, column + 4, column + 8, column + 12);
		for (unsigned int d = 0; d < 4; d++)
			quarter_round(s, d, 4 + (d + 1) % 4, 8 + (d + 2) % 4, 12 + (d + 3) % 4);
	}
	for (unsigned int i = 0; i < WORDS; i++)
		state[i] += s[i];
}

void entropy_spread(const uint64_t seed[ENTROPY_SEED_WORDS], uint8_t *bytes, size_t length)
{
	static const uint32_t constants[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
	uint32_t state[WORDS];
	memcpy(state, constants, sizeof(constants));
	memcpy(state + 4, seed, 48);
	/* The words that do not fit beside the constants are folded in between two blocks. */
	block(state);
	for (unsigned int i = 0; i < 4; i++)
		state[4 + i] ^= (uint32_t)(seed[6 + i / 2] >> (i % 2 * 32));
	block(state);
	memcpy(bytes, state, length < sizeof(state) ? length : sizeof(state));
}
