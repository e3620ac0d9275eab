/* SPDX-License-Identifier: BSD-2-Clause */
/* How the ports of a partition stand, for the command `ports`. */
#pragma once

#include "commands.h"

/* Tells of the ports of which the partition is one end, from number `first` of them on. */
int port_states(const struct part *part, l4_word_t first, struct answer *answer);
