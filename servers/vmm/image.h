/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest's kernel file says about itself: where its parts go in guest memory, and where it begins. The file is hostile input. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_PIECES 16

/* Bytes of the file that belong in guest memory. */
struct image_piece {
	uint64_t gpa;
	const uint8_t *data;
	uint64_t size;
};

struct image {
	uint64_t entry;
	unsigned int protocol; /* the architecture's: how the kernel expects to be entered */
	uint64_t end; /* no byte of the kernel, nor of the zeroed memory that it asks for, is here or above */
	unsigned int count;
	struct image_piece piece[IMAGE_PIECES];
};

/* The guest memory that a kernel may be in. */
struct image_memory {
	uint64_t base;
	uint64_t size;
};

/* Reads the file; null, or why the file cannot be used: a text for people. */
const char *image_parse(struct image *image, const struct image_memory *memory, const uint8_t *file, size_t size);

/* The formats. Each file belongs to the first that recognizes it: ELF, the architecture's own, a flat binary. */
const char *image_parse_elf(struct image *image, const struct image_memory *memory, const uint8_t *file, size_t size);
const char *image_parse_flat(struct image *image, const struct image_memory *memory, const uint8_t *file, size_t size);

/* --- The architecture's part: arch/ISA/image_arch.c --- */
extern const unsigned int image_elf_machine;
struct l4_elf;
/* The entry that an ELF file names beside its header's; false where it names none. */
bool image_elf_entry_arch(const struct l4_elf *elf, struct image *image);
extern const uint64_t image_flat_offset; /* of flat binaries, in guest memory */
/* The format of the architecture's kernels. *recognized: the file is one, or is known to be for another machine. */
const char *image_parse_arch(struct image *image, const struct image_memory *memory, const uint8_t *file, size_t size, int *recognized);

/* --- For the formats --- */
/* Adds a piece, followed by zeros up to `memory_size` bytes; null, or why not. */
const char *image_add(struct image *image, const struct image_memory *memory, uint64_t gpa, const uint8_t *data, uint64_t size, uint64_t memory_size);
