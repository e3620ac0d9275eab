/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock of user code whose time a test makes. */
#pragma once

#include <stdint.h>

uint64_t l4_arch_time(void);
