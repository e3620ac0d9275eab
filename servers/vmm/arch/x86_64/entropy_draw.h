/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/* A word of the processor's random number generator, which it must have (RDRAND); 0 where that has none to give. */
uint64_t entropy_draw(void);
