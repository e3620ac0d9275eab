/* SPDX-License-Identifier: BSD-2-Clause */
/* What a console's line asks of the kernel: the clock, which the test moves, one timer, and signals. */
#pragma once

#include <l4/abi/types.h>

enum { CAP_SERVER = 4, CAP_TIMER = 5 };

struct line_stubs {
	uint64_t now;         /* in microseconds, which are the ticks */
	uint64_t armed;       /* 0: it is not */
	unsigned int signals; /* by whatever other capability */
};

extern struct line_stubs stubs;
