/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's boot_params: the 64-bit boot protocol's description of the machine. */
#include "boot.h"

#include <string.h>

#include "bzimage.h"
#include "guest.h"

/* Offsets of what is in no kernel's header. */
enum {
	RSDP = 0x70,
	MAP_COUNT = 0x1e8,
	MAP = 0x2d0,
	PARAMS_SIZE = 4096,
};

/* --- The layouts that Linux fixes. --- */
struct map_entry {
	uint64_t start;
	uint64_t size;
	uint32_t type;
} __attribute__((packed));

struct seed {
	uint64_t next;
	uint32_t type;
	uint32_t length;
	uint8_t bytes[BOOT_SEED_SIZE];
};

_Static_assert(sizeof(struct map_entry) == 20 && sizeof(struct seed) == 16 + BOOT_SEED_SIZE, "layouts of Linux's boot parameters");
#define SETUP_RNG_SEED 9

static void put_u16(uint8_t *params, unsigned int at, uint16_t value)
{
	memcpy(params + at, &value, sizeof(value));
}

static void put_u32(uint8_t *params, unsigned int at, uint32_t value)
{
	memcpy(params + at, &value, sizeof(value));
}

static void put_u64(uint8_t *params, unsigned int at, uint64_t value)
{
	memcpy(params + at, &value, sizeof(value));
}

/* The kernel's own header; one that says the same for kernels that have none (ELF files, flat binaries). Gives the longest command line that the kernel takes. */
static size_t put_header(uint8_t *params, const struct boot *boot)
{
	if (!bzimage_recognize(boot->file, boot->file_size)) {
		put_u16(params, BZIMAGE_BOOT_FLAG, BZIMAGE_BOOT_FLAG_VALUE);
		memcpy(params + BZIMAGE_MAGIC, BZIMAGE_MAGIC_TEXT, 4);
		put_u16(params, BZIMAGE_VERSION, BZIMAGE_VERSION_MIN);
		params[BZIMAGE_LOAD_FLAGS] = BZIMAGE_LOAD_FLAG_HIGH;
		return BOOT_COMMAND_LINE_SIZE - 1;
	}
	/* The header's length is a jump's over it. */
	size_t end = BZIMAGE_JUMP + 2 + boot->file[BZIMAGE_JUMP + 1];
	if (end > BZIMAGE_HEADER_END)
		end = BZIMAGE_HEADER_END;
	if (end > boot->file_size)
		end = boot->file_size;
	memcpy(params + BZIMAGE_HEADER, boot->file + BZIMAGE_HEADER, end - BZIMAGE_HEADER);
	return bzimage_u32(boot->file, BZIMAGE_COMMAND_LINE_SIZE);
}

static void put_map(uint8_t *params, const struct boot *boot)
{
	struct boot_range ranges[BOOT_RANGES];
	unsigned int count = boot_memory_map(boot->memory_size, ranges);
	for (unsigned int i = 0; i < count; i++) {
		struct map_entry entry = {ranges[i].start, ranges[i].size, ranges[i].type};
		memcpy(params + MAP + i * sizeof(entry), &entry, sizeof(entry));
	}
	params[MAP_COUNT] = count;
}

static void put_seed(const struct boot *boot)
{
	struct seed seed = {.type = SETUP_RNG_SEED, .length = BOOT_SEED_SIZE};
	memcpy(seed.bytes, boot->seed, BOOT_SEED_SIZE);
	memcpy(guest_memory(BOOT_SEED, sizeof(seed)), &seed, sizeof(seed));
}

const char *boot_linux_describe(const struct boot *boot)
{
	uint8_t *params = guest_memory(BOOT_DESCRIPTION, PARAMS_SIZE);
	size_t command_line_max = put_header(params, boot);
	params[BZIMAGE_LOADER] = BZIMAGE_LOADER_UNKNOWN;
	put_u32(params, BZIMAGE_CODE32_START, boot->kernel);
	put_u32(params, BZIMAGE_INITRD, boot->initrd);
	put_u32(params, BZIMAGE_INITRD_SIZE, boot->initrd_size);
	put_u32(params, BZIMAGE_COMMAND_LINE, BOOT_COMMAND_LINE);
	put_u64(params, BZIMAGE_SETUP_DATA, BOOT_SEED);
	put_u64(params, RSDP, BOOT_TABLES);
	put_map(params, boot);
	put_seed(boot);
	return boot_put_command_line(boot, command_line_max);
}
