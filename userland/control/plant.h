/* SPDX-License-Identifier: BSD-2-Clause */
/* What the task controls: a mass that a motor moves, and a proportional-integral-derivative controller that brings it to a target which changes now and then. All in integers. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct plant {
	int64_t position;
	int64_t velocity;
	int64_t target;
	int64_t integral;
	int64_t last_error;
	uint32_t steps;
	bool is_aimed;  /* somebody has set the target: it stays */
};

#define PLANT_RANGE 200000

/* Sets the target for good; false if it is further than PLANT_RANGE from 0. */
bool plant_aim(struct plant *plant, int64_t target);

/* One period. */
void plant_step(struct plant *plant);
