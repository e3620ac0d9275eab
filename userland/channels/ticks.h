/* SPDX-License-Identifier: BSD-2-Clause */
/* What lies in the channel `ticks`: the clock writes, the reader reads. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

struct ticks {
	_Atomic uint64_t count;
};
