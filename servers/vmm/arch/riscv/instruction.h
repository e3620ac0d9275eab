/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Would the instruction fault as a store? Atomics do, but for load-reserved. */
bool instruction_is_store(uint32_t instruction);
