/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread above all others that ends the machine when one case takes too long: a hang is a failure, not a wait. */
#pragma once

#include <l4/abi/types.h>

#define WATCHDOG_BITS 15  /* object memory that it takes */
#define WATCHDOG_SLOTS 8

void watchdog_start(l4_cap_t untyped, l4_cap_t slots);
