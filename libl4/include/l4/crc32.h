/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * CRC-32 as IEEE 802.3, zlib and cpio's neighbours have it. `crc` is that of what came before, 0 to begin with. Finds damage, not forgery.
 */
uint32_t l4_crc32(uint32_t crc, const void *data, size_t size);
