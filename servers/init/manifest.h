/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reader of the bundle's member `manifest`, a flattened device tree that the composer writes (docs/descriptions.md, "The manifest"). Its checksum finds damage; what is
 * intact is still checked property by property, so that no manifest makes init misbehave.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <l4/fdt.h>
#include <servers/system.h>

struct manifest {
	struct l4_fdt fdt;
	struct system_description system;           /* of a manifest of partitions */
	bool is_whole_machine;                      /* one program gets the whole machine: only the first partition's program and arguments are set */
};

/* A member that the bundle must have. */
struct manifest_file {
	const char *name;
	uint64_t size;
	uint32_t crc32;
};

/* Reads a manifest. Null where it is well formed; else what is wrong, in words that the next call overwrites. */
const char *manifest_read(struct manifest *manifest, const void *blob, size_t size, const char *architecture);

/* The next member that the manifest lists; *cursor is L4_FDT_NONE to begin with. False at the end; `file->name` is null where the entry is damaged. */
bool manifest_next_file(const struct manifest *manifest, l4_fdt_node *cursor, struct manifest_file *file);
