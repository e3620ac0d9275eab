/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's files: into its memory, and what its command line asks of the VMM. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "image.h"

/* Copies into guest memory; where that has no such place, ends the guest. */
void payload_copy(uint64_t gpa, const void *data, uint64_t size);

/* Copies the kernel's pieces to where it wants them. */
void payload_place(const struct image *image);

/* Has the command line this parameter, as a word of its own? */
bool payload_has_parameter(const struct config_file *line, const char *parameter);
