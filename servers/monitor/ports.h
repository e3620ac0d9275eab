/* SPDX-License-Identifier: BSD-2-Clause */
/* Sampling and queuing ports: channels whose memory libl4 gives an order (l4/port.h). Each end writes pages of its own, which the other one only reads. */
#pragma once

#include "monitor.h"

/* Gives a partition its ends, and the table by which it finds them. */
void ports_give(struct part *part);
