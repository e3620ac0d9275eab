/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk.h"

#include "block_memory.h"
#include "copy.h"

struct block_backing *disk_open(const struct config *config)
{
	static struct block_memory memory;
	uint8_t *copy = config->disk_copy;
	if (!config->disk.size)
		return NULL;
	if (copy && !config->disk_kept)
		copy_much(copy, config->disk.data, config->disk.size);
	block_memory_init(&memory, copy ? copy : config->disk.data, copy, config->disk.size);
	return &memory.backing;
}
