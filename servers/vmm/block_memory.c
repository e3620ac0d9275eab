/* SPDX-License-Identifier: BSD-2-Clause */
#include "block_memory.h"

#include "copy.h"

static struct block_memory *of_backing(struct block_backing *backing)
{
	return (struct block_memory *)backing;
}
_Static_assert(offsetof(struct block_memory, backing) == 0, "of_backing() casts");

static enum block_result read(struct block_backing *backing, uint64_t sector, uint8_t *data, uint32_t count)
{
	copy_much(data, of_backing(backing)->bytes + sector * BLOCK_SECTOR, (size_t)count * BLOCK_SECTOR);
	return BLOCK_DONE;
}

static enum block_result write(struct block_backing *backing, uint64_t sector, const uint8_t *data, uint32_t count)
{
	copy_much(of_backing(backing)->writable + sector * BLOCK_SECTOR, data, (size_t)count * BLOCK_SECTOR);
	return BLOCK_DONE;
}

/* Memory lasts as long as the machine, and no longer, whatever is done here. */
static enum block_result flush(struct block_backing *backing)
{
	(void)backing;
	return BLOCK_DONE;
}

void block_memory_init(struct block_memory *memory, const uint8_t *bytes, uint8_t *writable, size_t size)
{
	*memory = (struct block_memory){
		.backing = {.sectors = size / BLOCK_SECTOR, .read_only = !writable, .read = read, .write = write, .flush = flush},
		.bytes = bytes,
		.writable = writable,
	};
}
