/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a guest has failed, in its VMM's words. */
#pragma once

#include "monitor.h"

/* Says it: `m` has the message's words in registers, the IPC buffer the rest. */
void guest_failure_report(const struct part *part, const struct l4_registers *m);
