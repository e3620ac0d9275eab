/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that ended because the kernel refused what they did with a capability. */
#pragma once

#include "monitor.h"

/* Says which one it is, what the program may do with it, and what may help. `m`: an L4_MONITOR_EXIT with a status. */
void refusal_report(const struct part *part, const struct l4_registers *m);
