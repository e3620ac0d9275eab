/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's memory: mapped ahead, in the largest pages that fit, for the guest and for the VMM. */
#pragma once

#include <stdint.h>

#include <l4/space.h>

/* Makes `size` bytes at guest-physical `base`, cleared, in the second-stage space `guest`. */
void ram_make(const struct l4_space *guest, l4_word_t base, l4_word_t size);

/* Maps its first frame, which holds 2 MiB at least, a second time at `gpa`. */
void ram_repeat(const struct l4_space *guest, l4_word_t gpa);

/* Where the guest's memory is, guest-physical. */
void ram_range(uint64_t *base, uint64_t *size);
