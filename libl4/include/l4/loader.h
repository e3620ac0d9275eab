/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading programs into other address spaces. Needs no C library. */
#pragma once

#include <l4/elf.h>
#include <l4/space.h>

/* The one place of the loader's own space through which it writes the memory of others. */
struct l4_window {
	struct l4_space own;
	l4_word_t vaddr; /* page-aligned; the page there is unmapped between calls */
};

/*
 * Loads the program into `target`, with frames from target->objects, each segment with its rights. Segments that share a page, or are writable and
 * executable, are refused with INVALID_ARGUMENT. On failure frames stay behind in the target; the caller resets or destroys it.
 */
l4_status_t l4_load_elf(struct l4_window *window, const struct l4_space *target, const struct l4_elf *elf);

/* Maps `size` bytes (rounded up to pages) of new memory at `vaddr` of `target`, filled with `data` and then zeros. */
l4_status_t l4_load_bytes(struct l4_window *window, const struct l4_space *target, l4_word_t vaddr, const void *data, size_t data_size, l4_word_t size,
			  l4_word_t rights);
