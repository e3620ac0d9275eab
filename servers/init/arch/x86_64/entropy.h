/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/* A word that is hard to foretell: the processor's random numbers, where it has them; elsewhere what little lies in the time at which this is called. */
uint64_t entropy_word(void);
