/* SPDX-License-Identifier: BSD-2-Clause */
/* Building the monitor, and giving it the machine. */
#pragma once

#include <servers/system.h>

/*
 * Divides the memory, builds the monitor, and moves everything that init has into the monitor's cnode. Moves, not copies: nothing that the
 * monitor holds depends on a capability of init's. Ends with a call that only the monitor's destroying init ends.
 */
__attribute__((noreturn)) void hand_over(const struct system_description *system);
