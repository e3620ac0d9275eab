/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands about schedule tables. */
#pragma once

#include <stdbool.h>

#include "commands.h"

bool is_about_schedules(l4_word_t label);

/* The same as command(), for a client that may ask something. */
int schedule_command(struct part *client, l4_word_t label, const struct l4_registers *m, struct answer *answer);
