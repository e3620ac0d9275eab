/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of a Linux bzImage (Documentation/arch/x86/boot.rst), as far as a 64-bit boot loader needs it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Offsets in the file, which are those in boot_params too. */
enum bzimage_offset {
	BZIMAGE_SETUP_SECTORS = 0x1f1,
	BZIMAGE_HEADER = BZIMAGE_SETUP_SECTORS, /* copied from here on */
	BZIMAGE_SYSTEM_SIZE = 0x1f4,   /* of the kernel, in 16 bytes */
	BZIMAGE_BOOT_FLAG = 0x1fe,
	BZIMAGE_JUMP = 0x200,          /* its second byte tells the header's end */
	BZIMAGE_MAGIC = 0x202,
	BZIMAGE_VERSION = 0x206,
	BZIMAGE_LOADER = 0x210,
	BZIMAGE_LOAD_FLAGS = 0x211,
	BZIMAGE_CODE32_START = 0x214,
	BZIMAGE_INITRD = 0x218,
	BZIMAGE_INITRD_SIZE = 0x21c,
	BZIMAGE_COMMAND_LINE = 0x228,
	BZIMAGE_INITRD_MAX = 0x22c,
	BZIMAGE_ALIGNMENT = 0x230,
	BZIMAGE_RELOCATABLE = 0x234,
	BZIMAGE_XLOAD_FLAGS = 0x236,
	BZIMAGE_COMMAND_LINE_SIZE = 0x238,
	BZIMAGE_SETUP_DATA = 0x250,
	BZIMAGE_PREFERRED_ADDRESS = 0x258,
	BZIMAGE_INIT_SIZE = 0x260,
	BZIMAGE_HEADER_MIN = 0x264,    /* a file is at least this long */
	BZIMAGE_HEADER_END = 0x290,    /* no header reaches here in boot_params */
};

#define BZIMAGE_MAGIC_TEXT "HdrS"
#define BZIMAGE_BOOT_FLAG_VALUE 0xaa55
#define BZIMAGE_VERSION_MIN 0x20c      /* the first with a 64-bit entry */
#define BZIMAGE_LOAD_FLAG_HIGH 1       /* loaded at 1 MiB or above */
#define BZIMAGE_XLOAD_FLAG_64 1
#define BZIMAGE_ENTRY 0x200            /* of the 64-bit entry, in the loaded kernel */
#define BZIMAGE_LOADER_UNKNOWN 0xff

static inline uint16_t bzimage_u16(const uint8_t *file, enum bzimage_offset at)
{
	return file[at] | file[at + 1] << 8;
}

static inline uint32_t bzimage_u32(const uint8_t *file, enum bzimage_offset at)
{
	return bzimage_u16(file, at) | (uint32_t)bzimage_u16(file, at + 2) << 16;
}

static inline uint64_t bzimage_u64(const uint8_t *file, enum bzimage_offset at)
{
	return bzimage_u32(file, at) | (uint64_t)bzimage_u32(file, at + 4) << 32;
}

/* Is the file one, long enough to be asked for any of these? */
static inline bool bzimage_recognize(const uint8_t *file, size_t size)
{
	return size >= BZIMAGE_HEADER_MIN && !__builtin_memcmp(file + BZIMAGE_MAGIC, BZIMAGE_MAGIC_TEXT, 4) &&
	       bzimage_u16(file, BZIMAGE_BOOT_FLAG) == BZIMAGE_BOOT_FLAG_VALUE;
}
