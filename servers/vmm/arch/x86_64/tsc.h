/* SPDX-License-Identifier: BSD-2-Clause */
/* Time-stamp counters. */
#pragma once

#include <l4/abi/arch.h>

#include "guest.h"

/* The machine's: tsc.c. */
uint64_t tsc_read(void);

static inline uint64_t tsc_guest(void)
{
	return tsc_read() + guest_register(L4_VCPU_REG_TSC_OFFSET);
}
