/* SPDX-License-Identifier: BSD-2-Clause */
/* Reader of ELF64 little-endian executables, for hostile input: it reads nothing outside the image. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define L4_ELF_X86_64 62
#define L4_ELF_RISCV 243

enum l4_elf_error {
	L4_ELF_OK,
	L4_ELF_NOT_ELF,
	L4_ELF_TRUNCATED,     /* a header or a segment lies outside the image */
	L4_ELF_WRONG_CLASS,   /* not 64-bit little-endian */
	L4_ELF_WRONG_MACHINE,
	L4_ELF_WRONG_TYPE,    /* not a statically linked executable (or position-independent one, which starts at 0) */
	L4_ELF_BAD_SEGMENT,   /* larger in the file than in memory, overlaps or precedes another, or wraps around */
};

struct l4_elf {
	const uint8_t *image;
	size_t size;
	uint64_t entry;
	uint64_t segment_table; /* offset */
	unsigned int segment_size;
	unsigned int segment_count;
};

/* A loadable segment: file_size bytes from the image, then zeros. */
struct l4_elf_segment {
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t memory_size;
	const uint8_t *data;
	size_t file_size;
	unsigned int rights; /* L4_READ, L4_WRITE, L4_EXECUTE */
};

/* Checks the header and all loadable segments, which must come in order of their addresses. */
enum l4_elf_error l4_elf_open(struct l4_elf *elf, const void *image, size_t size, unsigned int machine);

/* The same for a file that is loaded by its physical addresses: it is they that must come in order. */
enum l4_elf_error l4_elf_open_physical(struct l4_elf *elf, const void *image, size_t size, unsigned int machine);

/* Gives the loadable segments one after another; *index is 0 to begin with. False after the last. */
bool l4_elf_segment(const struct l4_elf *elf, unsigned int *index, struct l4_elf_segment *segment);

/* The descriptor of the first note of that owner and type in the file's note segments; null where there is none. */
const uint8_t *l4_elf_find_note(const struct l4_elf *elf, const char *owner, uint32_t type, size_t *size);

/* For people. */
const char *l4_elf_error_text(enum l4_elf_error error);
