/* SPDX-License-Identifier: BSD-2-Clause */
/* What init reads from the machine's device tree. */
#pragma once

#include <stdbool.h>

#include <l4/fdt.h>

#include "../monitor/manifest.h"

/* Maps the device tree. Ends the machine with a message where there is none. */
void devices_init(void);

/* Finds the first 16550, and makes its frame and irq_handler, in init's slots. */
void devices_find_uart(struct manifest *manifest);

/* Copies the entropy that the boot loader left, if any. */
void devices_find_seed(struct manifest *manifest);

/* The architecture's part: what a guest may be told of this machine's harts (enum vmm_feature). */
l4_word_t devices_guest_features(const struct l4_fdt *fdt);
