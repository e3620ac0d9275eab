/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the sectors of a guest's disk are: what virtio_block.h has behind it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define BLOCK_SECTOR 512U

enum block_result {
	BLOCK_DONE,
	BLOCK_FAILED,
	/*
	 * Not now, and `data` has not been touched. When the backing can go on it calls virtio_block_exchange(), which makes the same call again, unless the driver has reset the
	 * device meanwhile.
	 */
	BLOCK_LATER,
};

/* The functions are called only with sectors that there are, and `write` only where it is not read-only. They take time that `count` bounds. */
struct block_backing {
	uint64_t sectors;
	bool read_only;
	enum block_result (*read)(struct block_backing *backing, uint64_t sector, uint8_t *data, uint32_t count);
	enum block_result (*write)(struct block_backing *backing, uint64_t sector, const uint8_t *data, uint32_t count);
	/* What has been written before is where it will last. */
	enum block_result (*flush)(struct block_backing *backing);
};
