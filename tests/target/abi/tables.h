/* SPDX-License-Identifier: BSD-2-Clause */
/* Schedule tables of a case's, which runs in the boot domain: each must give that a window. */
#pragma once

#include "fixture.h"

#define WINDOW_MICROSECONDS 500

l4_cap_t new_schedule(l4_word_t pad_microseconds, l4_cap_t slack);

/* Window `index`, the next behind those that there are or one of them. */
void set_window(l4_cap_t schedule, l4_word_t index, l4_cap_t domain);

/* A table of the boot domain's window, and one of `domain`. */
l4_cap_t shared_with(l4_cap_t domain);

/* Afterwards the table is the processor's. */
void follow(l4_cap_t schedule);

/* Of the table that is followed: its frames that have ended, and when the window began that runs. */
l4_word_t frames(void);
l4_word_t window_start(void);
