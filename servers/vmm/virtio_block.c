/* SPDX-License-Identifier: BSD-2-Clause */
#include "virtio_block.h"

#include <stddef.h>
#include <string.h>

#include "budget.h"

enum { ID_BLOCK = 2, CLASS_STORAGE_OTHER = 0x018000 };
enum { F_SEGMENTS_MAX = 1U << 2, F_READ_ONLY = 1U << 5, F_BLOCK_SIZE = 1U << 6, F_FLUSH = 1U << 9, FEATURES = F_SEGMENTS_MAX | F_BLOCK_SIZE | F_FLUSH };
enum { CONFIG_CAPACITY = 0, CONFIG_SEGMENTS_MAX = 12, CONFIG_BLOCK_SIZE = 20, CONFIG_SIZE = 24 };
enum { QUEUE = 0, QUEUES = 1 };
enum { SEGMENTS_MAX = L4_VIRTQUEUE_SIZE_MAX - 2 }; /* beside the request's header and its status */

/* A request's header, the type in it, and how it ends. */
struct header {
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
};
_Static_assert(sizeof(struct header) == 16, "layout of a request's header");
enum { REQUEST_READ = 0, REQUEST_WRITE = 1, REQUEST_FLUSH = 4, REQUEST_NAME = 8 };
enum request_status { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_UNSUPPORTED = 2 };

#define NAME_SIZE 20
static const char name[NAME_SIZE] = "bulkhead";

/* More than stock drivers ask for at a time: so they need not wait for a second call. */
#define BYTES_A_CALL (2U << 20)

static struct virtio_block *of_device(struct virtio_device *device)
{
	return (struct virtio_block *)device;
}
_Static_assert(offsetof(struct virtio_block, device) == 0, "of_device() casts");

/* --- The bytes of a chain --- */

struct place {
	uint16_t piece;
	uint32_t offset;
};

/* The bytes in one piece from a place on, which is moved to where they are; there are some. */
static uint32_t bytes_at(const struct l4_virtqueue_chain *chain, struct place *at, uint8_t **bytes)
{
	while (at->offset == chain->piece[at->piece].length)
		*at = (struct place){.piece = at->piece + 1};
	*bytes = chain->piece[at->piece].data + at->offset;
	return chain->piece[at->piece].length - at->offset;
}

enum direction { FROM_DRIVER, TO_DRIVER };

/* Copies `length` bytes, which the chain has from the place on, and moves the place behind them. */
static void copy(const struct l4_virtqueue_chain *chain, struct place *at, void *buffer, uint32_t length, enum direction direction)
{
	for (uint8_t *own = buffer; length;) {
		uint8_t *bytes;
		uint32_t count = bytes_at(chain, at, &bytes);
		if (count > length)
			count = length;
		memcpy(direction == TO_DRIVER ? bytes : own, direction == TO_DRIVER ? own : bytes, count);
		at->offset += count;
		own += count;
		length -= count;
	}
}

static uint64_t bytes_in(const struct l4_virtqueue_chain *chain, unsigned int from, unsigned int to)
{
	uint64_t sum = 0;
	for (unsigned int i = from; i < to; i++)
		sum += chain->piece[i].length;
	return sum;
}

/* The last byte that the device may write is the request's status. It is taken off the chain; null where there is none. */
static uint8_t *cut_status(struct l4_virtqueue_chain *chain)
{
	for (unsigned int i = chain->pieces; i-- > chain->readable;) {
		if (chain->piece[i].length)
			return chain->piece[i].data + --chain->piece[i].length;
	}
	return NULL;
}

/* --- Requests --- */

/* Reads what the chain in `block` asks for. False: it is no request. How the driver cuts it into pieces is the driver's choice. */
static bool begin(struct virtio_block *block)
{
	struct l4_virtqueue_chain *chain = &block->chain;
	struct header header;
	struct place at = {0};
	uint64_t readable = bytes_in(chain, 0, chain->readable);
	block->status = cut_status(chain);
	if (!block->status || readable < sizeof(header))
		return false;
	copy(chain, &at, &header, sizeof(header), FROM_DRIVER);
	bool writes = header.type == REQUEST_WRITE;
	block->type = header.type;
	block->sector = header.sector;
	block->left = writes ? readable - sizeof(header) : bytes_in(chain, chain->readable, chain->pieces);
	block->written = 0;
	block->piece = writes ? at.piece : chain->readable;
	block->offset = writes ? at.offset : 0;
	return true;
}

static bool take(struct virtio_block *block)
{
	if (block->held)
		return true;
	if (!virtio_take(&block->device, QUEUE, &block->chain))
		return false;
	block->held = begin(block);
	if (!block->held)
		virtio_break(&block->device);
	return block->held;
}

/* Are all its sectors there, and may they be written if it wants that? The length goes into the used ring's 32 bits, with the status. */
static bool is_allowed(const struct virtio_block *block)
{
	const struct block_backing *backing = block->backing;
	return block->left % BLOCK_SECTOR == 0 && block->left < UINT32_MAX && block->sector <= backing->sectors &&
	       block->left / BLOCK_SECTOR <= backing->sectors - block->sector && !(block->type == REQUEST_WRITE && backing->read_only);
}

static enum block_result access(struct virtio_block *block, uint8_t *data, uint32_t count)
{
	struct block_backing *backing = block->backing;
	return block->type == REQUEST_WRITE ? backing->write(backing, block->sector, data, count) : backing->read(backing, block->sector, data, count);
}

/* One sector that is not all in one piece. */
static enum block_result move_sector(struct virtio_block *block, struct place *at)
{
	uint8_t sector[BLOCK_SECTOR];
	if (block->type == REQUEST_WRITE)
		copy(&block->chain, at, sector, sizeof(sector), FROM_DRIVER);
	enum block_result result = access(block, sector, 1);
	if (result == BLOCK_DONE && block->type == REQUEST_READ)
		copy(&block->chain, at, sector, sizeof(sector), TO_DRIVER);
	return result;
}

/* The sectors that are next and all in one piece, at most `most`, or one that is not. *count: how many. */
static enum block_result move_some(struct virtio_block *block, uint32_t most, uint32_t *count)
{
	struct place at = {block->piece, block->offset};
	uint8_t *data;
	uint32_t whole = bytes_at(&block->chain, &at, &data) / BLOCK_SECTOR;
	enum block_result result;
	*count = whole < most ? whole : most;
	if (*count) {
		result = access(block, data, *count);
		at.offset += *count * BLOCK_SECTOR;
	} else {
		*count = 1;
		result = move_sector(block, &at);
	}
	if (result == BLOCK_DONE) {
		block->piece = at.piece;
		block->offset = at.offset;
	}
	return result;
}

static enum block_result move_data(struct virtio_block *block, uint32_t *budget)
{
	while (block->left) {
		if (!budget_allows(budget))
			return BLOCK_LATER;
		uint32_t count, most = (block->left < *budget ? block->left : *budget) / BLOCK_SECTOR;
		enum block_result result = move_some(block, most ? most : 1, &count);
		if (result != BLOCK_DONE)
			return result;
		budget_take(budget, count * BLOCK_SECTOR);
		block->sector += count;
		block->left -= count * BLOCK_SECTOR;
		if (block->type == REQUEST_READ)
			block->written += count * BLOCK_SECTOR;
	}
	return BLOCK_DONE;
}

static enum block_result tell_name(struct virtio_block *block)
{
	struct place at = {block->piece, block->offset};
	char own[NAME_SIZE];
	memcpy(own, name, sizeof(own));
	block->written = block->left < NAME_SIZE ? block->left : NAME_SIZE;
	copy(&block->chain, &at, own, block->written, TO_DRIVER);
	return BLOCK_DONE;
}

/* Does what the request wants. False: not all of it can be done now. */
static bool perform(struct virtio_block *block, uint32_t *budget, enum request_status *status)
{
	enum block_result result = BLOCK_FAILED;
	*status = STATUS_UNSUPPORTED;
	switch (block->type) {
	case REQUEST_READ:
	case REQUEST_WRITE:
		if (is_allowed(block))
			result = move_data(block, budget);
		break;
	case REQUEST_FLUSH: result = block->backing->flush(block->backing); break;
	case REQUEST_NAME: result = tell_name(block); break;
	default: return true;
	}
	*status = result == BLOCK_DONE ? STATUS_OK : STATUS_FAILED;
	return result != BLOCK_LATER;
}

static void answer(struct virtio_block *block, enum request_status status)
{
	*block->status = status;
	block->held = false;
	l4_virtqueue_give_back(&block->device.queue[QUEUE].ring, block->chain.head, block->written + 1);
}

/* Not more requests than the queue holds: of what the driver adds meanwhile it notifies. */
static void exchange(struct virtio_block *block)
{
	uint32_t budget = BYTES_A_CALL;
	enum request_status status;
	for (unsigned int i = 0; i < L4_VIRTQUEUE_SIZE_MAX && take(block) && perform(block, &budget, &status); i++)
		answer(block, status);
	virtio_announce(&block->device, QUEUE);
}

void virtio_block_exchange(struct virtio_block *block)
{
	if (block->held && virtio_ready(&block->device))
		exchange(block);
}

/* --- The kind --- */

static void reset(struct virtio_device *device)
{
	of_device(device)->held = false;
}

static void notify(struct virtio_device *device, unsigned int queue)
{
	(void)queue;
	exchange(of_device(device));
}

static void config_read(const struct virtio_device *device, uint8_t config[VIRTIO_CONFIG_MAX])
{
	static const uint32_t segments = SEGMENTS_MAX, block_size = BLOCK_SECTOR;
	const struct block_backing *backing = ((const struct virtio_block *)device)->backing;
	memcpy(config + CONFIG_CAPACITY, &backing->sectors, sizeof(backing->sectors));
	memcpy(config + CONFIG_SEGMENTS_MAX, &segments, sizeof(segments));
	memcpy(config + CONFIG_BLOCK_SIZE, &block_size, sizeof(block_size));
}

static void config_write(struct virtio_device *device, unsigned int offset, unsigned int width, uint32_t value)
{
	(void)device;
	(void)offset;
	(void)width;
	(void)value; /* no field is the driver's */
}

#define KIND(FEATURES) { \
	.id = ID_BLOCK, .pci_class = CLASS_STORAGE_OTHER, .features = (FEATURES), .queues = QUEUES, .config_size = CONFIG_SIZE, .reset = reset, .notify = notify, \
	.config_read = config_read, .config_write = config_write, \
}

void virtio_block_init(struct virtio_block *block, struct block_backing *backing, l4_virtqueue_memory *memory, void *context)
{
	static const struct virtio_kind kinds[] = {KIND(FEATURES), KIND(FEATURES | F_READ_ONLY)};
	block->backing = backing;
	virtio_init(&block->device, &kinds[backing->read_only], memory, context);
}
