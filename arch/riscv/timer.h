/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kernel/types.h>

/* The running guest, whose own timer the hart does not have, wants to be interrupted then. TICKS_NEVER once it has stopped. */
void timer_set_guest(ticks_t deadline);
