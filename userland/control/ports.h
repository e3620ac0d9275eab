/* SPDX-License-Identifier: BSD-2-Clause */
/* The control task's ports, of which a description may give it some or none: `state` shows what it does, `target` sets where it should go, `journal` tells what it was told. */
#pragma once

#include "control.h"
#include "plant.h"

/* Opens those that there are. */
void ports_open(void);

/* Once a period: bounded work, which waits for nobody. */
void ports_step(const struct jitter *jitter, struct plant *plant);
