/* SPDX-License-Identifier: BSD-2-Clause */
/* A message of the port `samples`. */
#pragma once

#include <stdint.h>

struct sample {
	uint64_t starts; /* of the sensor, this one included */
	uint64_t count;  /* of samples that it has taken, over all starts */
	int64_t value;
};
