/* SPDX-License-Identifier: BSD-2-Clause */
/* What the task controls: a mass that a motor moves, and a proportional-integral-derivative controller that brings it to a target which changes now and then. All in integers. */
#pragma once

#include <stdint.h>

struct plant {
	int64_t position;
	int64_t velocity;
	int64_t target;
	int64_t integral;
	int64_t last_error;
	uint32_t steps;
};

/* One period. */
void plant_step(struct plant *plant);
