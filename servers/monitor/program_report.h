/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program tells of its own health (l4/health.h). */
#pragma once

#include "monitor.h"

/* Says it, and does what the description has for it; `m` has the message's words in registers, the IPC buffer the rest. Gives the answer's label, or NO_ANSWER. */
int program_report(struct part *part, const struct l4_registers *m);
