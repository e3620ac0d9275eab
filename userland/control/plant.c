/* SPDX-License-Identifier: BSD-2-Clause */
#include "plant.h"

#define TARGET_STEPS 2000
#define TARGET 100000
#define FORCE_MAX 4000
#define INTEGRAL_MAX 1000000

static int64_t clamp(int64_t value, int64_t limit)
{
	return value > limit ? limit : value < -limit ? -limit : value;
}

static int64_t controller(struct plant *plant)
{
	int64_t error = plant->target - plant->position;
	int64_t slope = error - plant->last_error;
	plant->last_error = error;
	plant->integral = clamp(plant->integral + error / 64, INTEGRAL_MAX);
	return clamp(error / 16 + plant->integral / 512 + slope * 4, FORCE_MAX);
}

bool plant_aim(struct plant *plant, int64_t target)
{
	if (target > PLANT_RANGE || target < -PLANT_RANGE)
		return false;
	plant->is_aimed = true;
	plant->target = target;
	return true;
}

void plant_step(struct plant *plant)
{
	if (plant->steps++ % TARGET_STEPS == 0 && !plant->is_aimed)
		plant->target = TARGET - plant->target;
	int64_t force = controller(plant);
	plant->velocity += force / 8 - plant->velocity / 32;
	plant->position += plant->velocity / 16;
}
