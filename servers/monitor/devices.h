/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "monitor.h"

/* Gives a partition the devices that are its own (names: docs/descriptions.md, "Headers"). */
void devices_give(struct part *part);
