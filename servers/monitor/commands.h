/* SPDX-License-Identifier: BSD-2-Clause */
/* What partitions may have the monitor tell or do, by their descriptions (servers/monitor_commands.h). */
#pragma once

#include <servers/monitor_commands.h>

#include "monitor.h"

/* The words of an answer. */
struct answer {
	l4_word_t length;
	l4_word_t word[L4_MESSAGE_WORDS];
};

/* Puts a name, cut where it is too long, into MONITOR_NAME_WORDS words, which are zero. */
void put_name(l4_word_t *words, const char *name);

/* MONITOR_PS_USED of a partition. */
l4_word_t time_used(const struct part *part);

/*
 * Does what the partition asks by a message with this label, if it is a command and the description lets it, and gives the answer's label and
 * words (which are empty before). NO_ANSWER: the partition was taken down by it.
 */
int command(struct part *client, l4_word_t label, const struct l4_registers *m, struct answer *answer);
