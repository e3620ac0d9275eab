/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's own words. */
#pragma once

#include "monitor.h"

/* From now on the words go to the console channel of this partition (the monitor's own), no longer to the firmware's console. */
void say_use_channel(const struct part *own);

/* Says one line. Never waits: what does not fit into the channel is lost, so that a console that hangs holds nothing up. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);
