/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define ENTROPY_SEED_WORDS 8

/* Spreads whatever unpredictability the seed words hold over `length` bytes, at most 64; the words cannot be computed from the bytes. */
void entropy_spread(const uint64_t seed[ENTROPY_SEED_WORDS], uint8_t *bytes, size_t length);
